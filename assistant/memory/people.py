"""What all parts of memory need of people: their row, and text that every database takes."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from assistant.memory.database import MemoryProblem
from assistant.memory.tables import users

LONGEST_ID = 200
"""Characters of an id."""


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL, and UTF-8, cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def ensure_user(connection: Connection, user_id: str) -> None:
    """Make the row of this user if there is none. Raises MemoryProblem for an id that cannot be stored."""
    if not user_id or len(user_id) > LONGEST_ID or storable(user_id) != user_id:
        raise MemoryProblem(f"A user id has 1 to {LONGEST_ID} characters.")
    values = {"id": user_id, "remember": False, "created_at": time.time()}
    connection.execute(insert_new(connection, users).values(values))


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that does nothing when the row's key is there already."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing()
