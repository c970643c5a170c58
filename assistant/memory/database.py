"""The database: opening it, bringing it up to date, and transactions that survive a lost connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from assistant.memory.together import Together

T = TypeVar("T")

_ATTEMPTS = 6
_MIGRATION_LOCK = 7_263_550_411
"""The number of PostgreSQL's advisory lock while the tables are brought up to date."""


class MemoryProblem(RuntimeError):
    """Memory could not do what was asked; the message says what to do."""


class NotFound(MemoryProblem):
    """There is no such thing for this person."""


class Conflict(MemoryProblem):
    """Something else changed it at the same time."""


class MemoryFull(MemoryProblem):
    """Nothing can be written: the disk is full or read-only. What was stored before is safe."""


class MemoryUnavailable(MemoryProblem):
    """The database does not answer."""


class Database:
    """Runs functions in transactions. One per process; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Connect and bring the tables up to date.

        Raises
        ------
        MemoryProblem
            when the URL cannot be used, the server does not answer, or a newer Concierge wrote the tables.
        """
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(concierge_write=True)
        self.sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer at a time: waiting here is fair, waiting in its busy handler is not.
        self._together = Together(self._write_alone) if self.sqlite else None
        try:
            self.write(_migrate)
        except CommandError as error:
            self.engine.dispose()
            raise MemoryProblem(
                f"A newer version of Concierge wrote this database ({error}). Install that version, or name another "
                "database in DATABASE_URL."
            ) from error
        except BaseException:
            self.engine.dispose()
            raise

    def read(self, function: Callable[[Connection], T]) -> T:
        """The function's value, in a transaction that only reads."""
        return self._run(self.engine, function)

    def write(self, function: Callable[[Connection], T]) -> T:
        """The function's value, once its changes are durable. It may run again after a lost connection."""
        return self._together.write(function) if self._together else self._write_alone(function)

    def close(self) -> None:
        """Give back all connections. SQLite's log is merged into its file first."""
        if self.sqlite:
            self.truncate_log()
        self.engine.dispose()

    def truncate_log(self) -> None:
        """Merge SQLite's write-ahead log into its file and empty it, so that deleted text is not left there."""
        if self.sqlite:
            with self.engine.connect() as connection:
                # On the driver's connection: a checkpoint cannot run inside a transaction. It waits for writers.
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _write_alone(self, function: Callable[[Connection], T]) -> T:
        return self._run(self._writer, function)

    def _run(self, engine: Engine, function: Callable[[Connection], T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with engine.begin() as connection:
                    return function(connection)
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not _passing(error):
                    raise _problem(error) from error
            time.sleep(0.05 * 2**attempt)
        raise AssertionError("not reached")


def _passing(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again."""
    state = getattr(error.orig, "sqlstate", None)
    return (
        error.connection_invalidated
        or state in {"40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006"}
        or (isinstance(error, OperationalError) and state is None and "locked" in str(error.orig))
        or (isinstance(error, OperationalError) and state is None and "connection" in str(error.orig).lower())
    )


def _problem(error: DBAPIError) -> MemoryProblem | DBAPIError:
    reason = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    full = ("disk is full", "readonly database", "disk i/o error", "no space left")
    if state in {"53100", "25006"} or any(sign in reason for sign in full):
        return MemoryFull(
            "Nothing can be stored: the disk with the database is full or read-only. Free some space; "
            "what was stored before is safe."
        )
    if error.connection_invalidated or isinstance(error, OperationalError):
        return MemoryUnavailable(f"The database does not answer ({error.orig}). Check that it runs and DATABASE_URL.")
    return error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed, pool_pre_ping=True, pool_size=8, max_overflow=16, connect_args={"connect_timeout": 10}
            )
        if parsed.get_backend_name() != "sqlite":
            raise MemoryProblem(f"DATABASE_URL names {parsed.drivername!r}; use sqlite:///file or postgresql://…")
        if parsed.database in {None, "", ":memory:"}:
            raise MemoryProblem("DATABASE_URL names no file; use sqlite:///path/to/file.db")
        path = Path(str(parsed.database)).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(database=str(path))
        engine = create_engine(parsed, pool_size=8, max_overflow=64)
    except OSError as error:
        raise MemoryProblem(f"The database's folder cannot be made: {error}") from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise MemoryProblem(f"DATABASE_URL cannot be read ({error}); use sqlite:///file or postgresql://…") from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions itself, and late: with None, `_begin_sqlite` says when and how.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-512",  # KiB for each connection, of which there may be dozens; the system caches the file too
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("concierge_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
    command.upgrade(migration_config(connection), "head")


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration for this connection. There is no file: the folder of migrations is beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
