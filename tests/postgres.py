"""PostgreSQL for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from assistant.http.bench.postgres import local_postgres, postgres_programs


@contextmanager
def postgres_server() -> Iterator[str]:
    """The server's URL. Without a server installed the test is skipped, and fails where CI=true."""
    if postgres_programs() is None:
        missing = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    with local_postgres() as url:
        yield url


def emptied(url: str) -> str:
    """The same URL, its database without tables."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
