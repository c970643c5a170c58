from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.http import ServerOptions, create_app
from assistant.http.bench import EchoAssistant
from assistant.memory import Memory, open_memory

HOME = "http://127.0.0.1"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(f"sqlite:///{tmp_path / 'concierge.db'}") as opened:
        yield opened


@pytest.fixture
def echo_app(memory: Memory) -> FastAPI:
    """The API over an assistant that says back what it hears."""
    return create_app(EchoAssistant(), memory)


@pytest.fixture
def client(echo_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(echo_app, base_url=HOME) as opened:
        yield opened


@pytest.fixture
def keyed(memory: Memory) -> Callable[..., Any]:
    """A context manager: a client of a server that wants API keys."""

    @contextmanager
    def opened(**options: Any) -> Iterator[TestClient]:
        app = create_app(EchoAssistant(), memory, ServerOptions(require_keys=True, **options))
        with TestClient(app, base_url="http://concierge.example") as client:
            yield client

    return opened


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, as (name, data)."""
    frames = [frame.split("\n", 1) for frame in text.split("\n\n") if frame]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]


def done(text: str) -> dict[str, Any]:
    """The last event's data."""
    name, data = events(text)[-1]
    assert name == "done"
    return data


@pytest.fixture
def say(client: TestClient) -> Callable[..., dict[str, Any]]:
    """Send a message to /api/chat and give the data of `done`."""

    def send(message: str, **more: Any) -> dict[str, Any]:
        answer = client.post("/api/chat", json={"message": message, **more})
        assert answer.status_code == 200, answer.text
        return done(answer.text)

    return send
