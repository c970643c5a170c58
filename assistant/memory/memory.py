"""Memory as one object, and opening it."""

from __future__ import annotations

from types import TracebackType

from sqlalchemy import text

from assistant.memory.conversations import Conversations
from assistant.memory.database import Database
from assistant.memory.keys import Keys
from assistant.memory.learning import Learning
from assistant.memory.privacy import Privacy


class Memory:
    """Conversations, feedback and taste, privacy and API keys over one database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.conversations = Conversations(database)
        self.learning = Learning(database)
        self.privacy = Privacy(database)
        self.keys = Keys(database)

    def check(self) -> None:
        """Raise MemoryProblem when the database does not answer."""
        self._database.read(lambda connection: connection.execute(text("SELECT 1")))

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_memory(url: str) -> Memory:
    """Open the memory at this database URL and bring its tables up to date.

    `sqlite:///path/to/file.db`, or `postgresql://user:password@host/name` (also as `postgresql+psycopg://…`).

    Raises
    ------
    MemoryProblem
        when the URL cannot be used, the server does not answer, or a newer Concierge wrote the tables.
    """
    return Memory(Database(url))
