"""Taking one's data along, being forgotten, and not keeping things longer than needed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, func, select, update

from assistant.memory.database import Database
from assistant.memory.learning import feedback_of, line_of, pseudonym
from assistant.memory.records import Turn
from assistant.memory.states import dump_act, dump_state
from assistant.memory.tables import (
    PERSONAL,
    conversations,
    feedback,
    taste,
    training_runs,
    training_users,
    turns,
    users,
)
from assistant.memory.turns import turn_of

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The proof of a deletion: rows removed per table, rows found by looking again afterwards (all 0), and whether the
    collaborative model was trained with what this person said and has to be trained again to lose it."""

    removed: Mapping[str, int]
    left: Mapping[str, int]
    retrain: bool

    @property
    def complete(self) -> bool:
        """Whether nothing was found on looking again."""
        return not any(self.left.values())


class Privacy:
    """Export, "forget me" and the retention limit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(self, user_id: str) -> dict[str, Any]:
        """Everything stored about this user, as JSON-ready values."""

        def work(connection: Connection) -> dict[str, Any]:
            said = connection.execute(
                select(turns).where(turns.c.user_id == user_id).order_by(turns.c.conversation_id, turns.c.number)
            ).all()
            given = connection.execute(
                select(feedback).where(feedback.c.user_id == user_id).order_by(feedback.c.created_at)
            )
            lines = connection.execute(select(taste).where(taste.c.user_id == user_id).order_by(taste.c.created_at))
            talks = connection.execute(select(conversations).where(conversations.c.user_id == user_id))
            remember = connection.execute(select(users.c.remember).where(users.c.id == user_id)).scalar_one_or_none()
            return {
                "user": user_id,
                "remember": bool(remember),
                "conversations": [dict(row._mapping) for row in talks],
                "turns": [_turn_record(turn_of(row)) for row in said],
                "feedback": [asdict(feedback_of(row)) for row in given],
                "taste": [asdict(line_of(row)) for row in lines],
            }

        return self._database.read(work)

    def forget(self, user_id: str) -> Forgotten:
        """Remove everything stored about this user and prove it. API keys stay: they open the door, they tell nothing.

        SQLite overwrites what is deleted and its log is emptied, so that the words are gone from the files too.
        """

        def remove(connection: Connection) -> tuple[dict[str, int], bool]:
            who = pseudonym(user_id)
            trained = select(training_users.c.run_id).where(training_users.c.user_id == who)
            stale = connection.execute(update(training_runs).where(training_runs.c.id.in_(trained)).values(stale=True))
            removed = {
                table.name: connection.execute(delete(table).where(_owner(table) == _id_in(table, user_id))).rowcount
                for table in PERSONAL
            }
            return removed, stale.rowcount > 0

        def look(connection: Connection) -> dict[str, int]:
            return {
                table.name: connection.execute(
                    select(func.count()).select_from(table).where(_owner(table) == _id_in(table, user_id))
                ).scalar_one()
                for table in PERSONAL
            }

        removed, retrain = self._database.write(remove)
        self._database.truncate_log()
        return Forgotten(removed, self._database.read(look), retrain)

    def prune(self, days: float) -> int:
        """Remove conversations and feedback that are older than this, and give the number of rows removed.

        The age is counted from the latest activity when that is more than a day ago, so that a clock that jumps ahead
        does not empty the memory.
        """

        def work(connection: Connection) -> int:
            latest = connection.execute(select(func.max(conversations.c.updated_at))).scalar_one_or_none()
            if latest is None:
                latest = connection.execute(select(func.max(feedback.c.created_at))).scalar_one_or_none()
            before = min(time.time(), (latest or 0.0) + _DAY) - days * _DAY
            old = delete(conversations).where(conversations.c.updated_at < before)
            said = delete(feedback).where(feedback.c.created_at < before)
            return connection.execute(old).rowcount + connection.execute(said).rowcount

        removed = self._database.write(work)
        if removed:
            self._database.truncate_log()
        return removed


def _owner(table: Table) -> Column[Any]:
    return table.c.id if table is users else table.c.user_id


def _id_in(table: Table, user_id: str) -> str:
    return pseudonym(user_id) if table is training_users else user_id


def _turn_record(turn: Turn) -> dict[str, Any]:
    """A turn with its act and state as the JSON that is stored."""
    names = [field.name for field in fields(turn)]
    return {
        **{name: getattr(turn, name) for name in names},
        "details": dict(turn.details),
        "cards": [dict(card) for card in turn.cards],
        "act": json.loads(dump_act(turn.act)),
        "state": json.loads(dump_state(turn.state)),
    }
