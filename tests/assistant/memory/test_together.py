"""Writes at the same moment: each keeps its own fate."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.exc import OperationalError

from assistant.memory.database import Database, MemoryProblem
from assistant.memory.tables import users


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'c.db'}")
    yield opened
    opened.close()


def adding(name: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(users).values(id=name, remember=False, created_at=0.0))
        return name

    return work


def kept(database: Database) -> set[str]:
    return database.read(lambda connection: set(connection.execute(select(users.c.id)).scalars()))


def at_once(database: Database, works: list[Callable[[Connection], Any]]) -> list[Any]:
    """Run these while another write holds the file, so that they wait together; their values, or what they raised."""
    inside, go = threading.Event(), threading.Event()

    def holding(_: Connection) -> None:
        inside.set()
        go.wait(10)

    def outcome(work: Callable[[Connection], Any]) -> Any:
        try:
            return database.write(work)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works) + 1) as pool:
        holder = pool.submit(database.write, holding)
        assert inside.wait(10)
        running = [pool.submit(outcome, work) for work in works]
        together = database._together
        assert together is not None
        while len(together._waiting) < len(works):
            threading.Event().wait(0.01)
        go.set()
        holder.result()
        return [one.result() for one in running]


def test_all_who_wait_are_written_by_one_commit(database: Database) -> None:
    commits = []
    event.listen(database.engine, "commit", lambda connection: commits.append(connection))
    assert sorted(at_once(database, [adding(f"p{n}") for n in range(8)])) == [f"p{n}" for n in range(8)]
    assert len(commits) == 2
    assert kept(database) == {f"p{n}" for n in range(8)}


def test_one_that_fails_takes_nobody_along(database: Database) -> None:
    def refusing(connection: Connection) -> None:
        adding("half")(connection)
        raise MemoryProblem("not this one")

    first, refused, last = at_once(database, [adding("a"), refusing, adding("b")])
    assert (first, last) == ("a", "b")
    assert isinstance(refused, MemoryProblem)
    assert kept(database) == {"a", "b"}


def test_what_the_database_refuses_is_refused_to_that_one_alone(database: Database) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    outcomes = at_once(database, [adding("a"), broken, adding("b")])
    assert isinstance(outcomes[1], MemoryProblem | OperationalError)
    assert kept(database) == {"a", "b"}
