"""What is learned from people: feedback, long-term taste, and the interactions that training takes."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, insert, select, update

from assistant.acts import DialogueAct, Intent
from assistant.memory import people
from assistant.memory.database import Database, NotFound
from assistant.memory.records import Feedback, TasteLine
from assistant.memory.tables import conversations, feedback, taste, training_runs, training_users, turns, users
from assistant.memory.taste import note_taste, starting_state
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

    def beginning(self, user_id: str) -> DialogueState:
        """What a new conversation of this user begins with: empty, or their long-term taste."""
        return self._database.read(lambda connection: starting_state(connection, user_id))

    def delete_taste(self, user_id: str, line_id: str) -> None:
        """Remove one line. Raises NotFound."""
        query = delete(taste).where(taste.c.user_id == user_id, taste.c.id == line_id)
        if self._database.write(lambda connection: connection.execute(query).rowcount) == 0:
            raise NotFound("There is no such line of taste.")

    def interactions(self) -> pd.DataFrame:
        """What people said of items as `user_id, item_id, rating, timestamp`, the latest word per person and item.

        Feedback counts, and what each conversation has come to: likes and dislikes, clicked or in words. What was
        undone is in no conversation's last state, so it does not count. User ids are hashed: a model needs to tell
        people apart, not to know them. Ratings are 0.5 to 5, like MovieLens'.
        """
        rows = self._database.read(_said)
        frame = pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])
        frame = frame.astype({"user_id": "str", "item_id": "str", "rating": "float64", "timestamp": "int64"})
        frame = frame.sort_values("timestamp", kind="stable")
        return frame.drop_duplicates(["user_id", "item_id"], keep="last", ignore_index=True)

    def begin_training(self) -> tuple[str, pd.DataFrame]:
        """The number of a new training run, and the interactions for it.

        The people in it are noted before their interactions are read: whoever asks to be forgotten from then on marks
        the run, and the model is trained again.
        """
        run_id = uuid.uuid4().hex

        def note(connection: Connection) -> None:
            connection.execute(insert(training_runs).values(id=run_id, rows=0, stale=False, created_at=time.time()))
            known = connection.execute(select(users.c.id)).scalars().all()
            if known:
                connection.execute(insert(training_users), [_in_run(run_id, pseudonym(user_id)) for user_id in known])

        self._database.write(note)
        noted = self._database.read(lambda connection: set(connection.execute(_people(run_id)).scalars()))
        frame = self.interactions()
        frame = frame[frame["user_id"].isin(noted)].reset_index(drop=True)
        silent = [_in_run(run_id, who) for who in noted - set(frame["user_id"])]

        def trim(connection: Connection) -> None:
            connection.execute(update(training_runs).where(training_runs.c.id == run_id).values(rows=len(frame)))
            if silent:
                gone = training_users.c.user_id == bindparam("user_id")
                connection.execute(delete(training_users).where(training_users.c.run_id == run_id, gone), silent)

        self._database.write(trim)
        return run_id, frame

    def end_training(self, run_id: str) -> None:
        """The model of this run is in place, and those of earlier runs are gone."""
        self._database.write(
            lambda connection: connection.execute(delete(training_runs).where(training_runs.c.id != run_id))
        )

    def must_retrain(self) -> bool:
        """Whether the model holds what somebody said who asked to be forgotten since it was trained."""
        query = select(training_runs.c.id).where(training_runs.c.stale)
        return self._database.read(lambda connection: connection.execute(query).first()) is not None


def _said(connection: Connection) -> list[tuple[str, str, float | None, int]]:
    """Rows of what people said of items, from feedback and from the last state of each conversation."""
    given = select(feedback).where(feedback.c.kind.in_(("like", "dislike", "rating"))).order_by(feedback.c.created_at)
    said = [
        (pseudonym(row.user_id), row.item_id, _VALUES.get(row.kind, row.rating), int(row.created_at))
        for row in connection.execute(given)
    ]
    last = and_(
        turns.c.user_id == conversations.c.user_id,
        turns.c.conversation_id == conversations.c.id,
        turns.c.number == conversations.c.turns,
    )
    ends = select(turns.c.user_id, turns.c.state, conversations.c.updated_at).join(conversations, last)
    for row in connection.execute(ends.order_by(conversations.c.updated_at)):
        state = json.loads(row.state)
        for name, kind in (("likes", "like"), ("dislikes", "dislike")):
            who, when = pseudonym(row.user_id), int(row.updated_at)
            said += [(who, item_id, _VALUES[kind], when) for item_id in state.get(name, ())]
    return said


def _people(run_id: str) -> Select[str]:
    return select(training_users.c.user_id).where(training_users.c.run_id == run_id)


def _in_run(run_id: str, who: str) -> dict[str, str]:
    return {"run_id": run_id, "user_id": who}


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
