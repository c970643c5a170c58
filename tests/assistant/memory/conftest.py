from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.memory import Memory, open_memory
from tests.postgres import emptied, postgres_server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'concierge.db'}"
    return emptied(request.getfixturevalue("postgres_url"))


@pytest.fixture
def memory(database_url: str) -> Iterator[Memory]:
    with open_memory(database_url) as opened:
        yield opened
