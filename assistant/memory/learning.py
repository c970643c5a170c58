"""What is learned from people: feedback, long-term taste, and the interactions that training takes."""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, delete, insert, select, update

from assistant.acts import DialogueAct, Intent
from assistant.memory import people
from assistant.memory.database import Database, NotFound
from assistant.memory.records import Feedback, TasteLine
from assistant.memory.tables import feedback, taste, training_runs, training_users, users
from assistant.memory.taste import note_taste
from assistant.memory.turns import apply_click
from assistant.state import DialogueState

LIKED_FROM, DISLIKED_TO = 4.0, 2.0
"""Ratings (0.5 to 5) from which on one counts as a like, and down from which as a dislike."""

_VALUES = {"like": 5.0, "dislike": 1.0}


class Learning:
    """Feedback and long-term taste. Every method but the two for training takes the user first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, user_id: str, given: Feedback) -> bool:
        """Store feedback; with a conversation it also changes that conversation's state, in the same transaction.

        Durable when this returns. False when this id was stored before: nothing is changed then. Raises NotFound when
        the conversation is not this user's.
        """

        def work(connection: Connection) -> bool:
            people.ensure_user(connection, user_id)
            values = {
                "user_id": user_id,
                "id": given.id,
                "kind": given.kind,
                "item_id": given.item_id,
                "conversation_id": given.conversation_id,
                "turn_id": given.turn_id,
                "rating": given.rating,
                "why": people.storable(given.why),
                "created_at": given.created_at or time.time(),
            }
            added = people.insert_new(connection, feedback).values(values).returning(feedback.c.id)
            if connection.execute(added).one_or_none() is None:
                return False
            act = act_of(given)
            if act is not None and given.conversation_id is not None:
                apply_click(
                    connection, user_id, given.conversation_id, f"feedback:{given.id}"[: people.LONGEST_ID], act
                )
            elif act is not None:
                note_taste(connection, user_id, DialogueState().apply(act), "feedback")
            return True

        return self._database.write(work)

    def feedback(self, user_id: str) -> tuple[Feedback, ...]:
        """All feedback of this user, the oldest first."""
        query = select(feedback).where(feedback.c.user_id == user_id).order_by(feedback.c.created_at, feedback.c.id)
        return self._database.read(lambda connection: tuple(map(feedback_of, connection.execute(query))))

    def remembers(self, user_id: str) -> bool:
        """Whether this user asked for long-term taste. Nobody has it by default."""
        query = select(users.c.remember).where(users.c.id == user_id)
        return bool(self._database.read(lambda connection: connection.execute(query).scalar_one_or_none()))

    def set_remember(self, user_id: str, remember: bool) -> None:
        """Turn long-term taste on or off. Turning it off removes what was kept."""

        def work(connection: Connection) -> None:
            people.ensure_user(connection, user_id)
            connection.execute(update(users).where(users.c.id == user_id).values(remember=remember))
            if not remember:
                connection.execute(delete(taste).where(taste.c.user_id == user_id))

        self._database.write(work)

    def taste(self, user_id: str) -> tuple[TasteLine, ...]:
        """The lines of long-term taste, the latest first."""
        query = select(taste).where(taste.c.user_id == user_id).order_by(taste.c.created_at.desc(), taste.c.id)
        return self._database.read(lambda connection: tuple(map(line_of, connection.execute(query))))

    def delete_taste(self, user_id: str, line_id: str) -> None:
        """Remove one line. Raises NotFound."""
        query = delete(taste).where(taste.c.user_id == user_id, taste.c.id == line_id)
        if self._database.write(lambda connection: connection.execute(query).rowcount) == 0:
            raise NotFound("There is no such line of taste.")

    def interactions(self) -> pd.DataFrame:
        """Feedback as `user_id, item_id, rating, timestamp` for training, the latest word per person and item.

        User ids are hashed: a model needs to tell people apart, not to know them. Ratings are on MovieLens' scale.
        """
        query = (
            select(feedback).where(feedback.c.kind.in_(("like", "dislike", "rating"))).order_by(feedback.c.created_at)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        frame = pd.DataFrame(
            {
                "user_id": pd.Series([pseudonym(row.user_id) for row in rows], dtype="str"),
                "item_id": pd.Series([row.item_id for row in rows], dtype="str"),
                "rating": pd.Series([_VALUES.get(row.kind, row.rating) for row in rows], dtype="float64"),
                "timestamp": pd.Series([int(row.created_at) for row in rows], dtype="int64"),
            }
        )
        return frame.drop_duplicates(["user_id", "item_id"], keep="last", ignore_index=True)

    def trained(self) -> None:
        """Note that all feedback stored until now was handed to training; earlier models are replaced by it."""

        def work(connection: Connection) -> None:
            run_id = uuid.uuid4().hex
            given = connection.execute(select(feedback.c.user_id)).scalars().all()
            connection.execute(delete(training_runs))
            connection.execute(
                insert(training_runs).values(id=run_id, rows=len(given), stale=False, created_at=time.time())
            )
            if given:
                people_in_it = [{"run_id": run_id, "user_id": pseudonym(user_id)} for user_id in sorted(set(given))]
                connection.execute(insert(training_users), people_in_it)

        self._database.write(work)

    def must_retrain(self) -> bool:
        """Whether the model holds feedback of somebody who asked to be forgotten since it was trained."""
        query = select(training_runs.c.id).where(training_runs.c.stale)
        return self._database.read(lambda connection: connection.execute(query).first()) is not None


def act_of(given: Feedback) -> DialogueAct | None:
    """What feedback does to a conversation; None when it says nothing about liking or having seen."""
    intent: Intent | None = None
    if given.kind == "rating" and given.rating is not None:
        intent = Intent.SEEN
        if given.rating >= LIKED_FROM:
            intent = Intent.LIKE
        elif given.rating <= DISLIKED_TO:
            intent = Intent.DISLIKE
    elif given.kind in ("like", "dislike", "seen"):
        intent = Intent(given.kind)
    return None if intent is None else DialogueAct(intent, refers_to=(given.item_id,))


def pseudonym(user_id: str) -> str:
    """A stable id that does not show who it is; the prefix keeps it apart from the ids of public ratings."""
    return "person:" + hashlib.sha256(user_id.encode()).hexdigest()[:16]


def feedback_of(row: Row[Any]) -> Feedback:
    """A row of `feedback` as a record."""
    return Feedback(
        row.id, row.kind, row.item_id, row.conversation_id, row.turn_id, row.rating, row.why, row.created_at
    )


def line_of(row: Row[Any]) -> TasteLine:
    """A row of `taste` as a record."""
    return TasteLine(row.id, row.kind, row.item_id, row.source, row.created_at)
