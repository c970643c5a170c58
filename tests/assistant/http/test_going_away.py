"""Clients that leave in the middle, readers that stand still, bodies that never end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.events import Event, Word
from assistant.http import ServerOptions, create_app
from assistant.http.bench import EchoAssistant
from assistant.http.bench.server import serving
from assistant.memory import Memory
from assistant.state import DialogueState

_COMPLETION = b'{"messages": [{"role": "user", "content": "warm"}]}'


class Endless(EchoAssistant):
    """Talks until it is closed."""

    def __init__(self, words: int = 10) -> None:
        super().__init__()
        self.words = words
        self.begun = threading.Event()
        self.closed = threading.Event()

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        self.begun.set()
        try:
            for event in super().reply(state, utterance):
                if isinstance(event, Word):
                    break
                yield event
            while True:
                time.sleep(0.01)
                yield Word("on and " * self.words)
        finally:
            self.closed.set()


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions"])
def test_the_engine_stops_when_the_client_goes_away(memory: Memory, path: str) -> None:
    assistant = Endless()
    body = (
        {"message": "warm"}
        if path == "/api/chat"
        else {"messages": [{"role": "user", "content": "warm"}], "stream": True}
    )
    with serving(create_app(assistant, memory)) as address:
        with httpx.stream("POST", address + path, json=body) as answer:
            text = ""
            for piece in answer.iter_text():
                text += piece
                if "on and" in text:
                    break
            assert not assistant.closed.is_set()
        assert assistant.closed.wait(10)
        assert until(lambda: sum(talk.turns for talk in memory.conversations.list("local")) == 1)
    (talk,) = memory.conversations.list("local")
    (turn,) = memory.conversations.turns("local", talk.id)
    assert turn.details["stopped"] is True
    assert turn.state.shown == ("e0", "e1", "e2", "e3", "e4")


def test_the_engine_stops_when_a_client_that_waits_for_the_whole_goes_away(memory: Memory) -> None:
    assistant = Endless()
    with serving(create_app(assistant, memory)) as address:
        with socket.create_connection(_at(address)) as connection:
            connection.sendall(_request("/v1/chat/completions", _COMPLETION))
            assert assistant.begun.wait(10)
            assert not assistant.closed.wait(0.1)
        assert assistant.closed.wait(10)


def test_a_client_that_leaves_before_its_turn_begins_leaves_nothing_at_work(memory: Memory) -> None:
    assistant = Endless()
    with serving(create_app(assistant, memory, ServerOptions(turns_at_once=1))) as address:
        with socket.create_connection(_at(address)) as first:
            first.sendall(_request("/v1/chat/completions", _COMPLETION))
            assert assistant.begun.wait(10)
            assistant.begun.clear()
            with socket.create_connection(_at(address)) as second:
                second.sendall(_request("/v1/chat/completions", _COMPLETION))
            assert httpx.get(f"{address}/healthz").status_code == 200  # by now the server has seen the second leave
        assert assistant.closed.wait(10)
        assert not assistant.begun.wait(0.5)


def test_a_reader_that_stands_still_is_let_go(memory: Memory) -> None:
    assistant = Endless(words=20_000)
    app = create_app(assistant, memory, ServerOptions(send_seconds=0.5))
    with serving(app) as address, socket.create_connection(_at(address)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.sendall(_request("/api/chat", b'{"message": "warm"}'))
        assert assistant.closed.wait(60)


def test_a_body_that_never_ends_is_refused_in_time(memory: Memory) -> None:
    app = create_app(EchoAssistant(), memory, ServerOptions(body_seconds=0.3))
    with serving(app) as address, socket.create_connection(_at(address), timeout=10) as connection:
        connection.sendall(_request("/api/chat", b'{"mes', length=1000))
        assert connection.recv(100).startswith(b"HTTP/1.1 408")


def test_a_client_that_leaves_while_it_sends_does_no_harm(memory: Memory, caplog: pytest.LogCaptureFixture) -> None:
    with serving(create_app(EchoAssistant(), memory)) as address:
        for _ in range(5):
            with socket.create_connection(_at(address)) as connection:
                connection.sendall(_request("/api/chat", b'{"mes', length=1000))
        assert httpx.get(f"{address}/healthz").status_code == 200
    assert "Traceback" not in caplog.text
    assert memory.conversations.list("local") == ()


def _at(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _request(path: str, body: bytes, length: int | None = None) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{length or len(body)}\r\n\r\n".encode() + body
