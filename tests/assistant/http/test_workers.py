"""Several web workers over one database: none keeps anything of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.http import create_app
from assistant.http.bench import EchoAssistant
from assistant.memory import open_memory
from tests.assistant.http.conftest import HOME, done
from tests.postgres import emptied, postgres_server

Workers = list[TestClient]


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workers]:
    """Three workers, each with its own app, connections and caches."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    if request.param == "postgresql":
        url = emptied(request.getfixturevalue("postgres_url"))
    with ExitStack() as stack:
        memories = [stack.enter_context(open_memory(url)) for _ in range(3)]
        apps = [create_app(EchoAssistant(), memory) for memory in memories]
        opened = [stack.enter_context(TestClient(app, base_url=HOME)) for app in apps]
        for worker in opened:
            # FastAPI silences its own warnings while it builds its routes, which is not safe between threads.
            assert worker.get("/openapi.json").status_code == 200
            say(worker, "hello", user="first")
            worker.post("/api/feedback", json={"id": "f", "item_id": "e1", "kind": "seen", "user": "first"})
        yield opened


def say(worker: TestClient, message: str, **more: Any) -> dict[str, Any]:
    return done(worker.post("/api/chat", json={"message": message, **more}).text)


def test_a_conversation_goes_on_whichever_worker_answers(workers: Workers) -> None:
    talk = say(workers[0], "one")["conversation_id"]
    wishes = ["one"]
    for turn in range(6):
        wishes.append(f"wish {turn}")
        assert say(workers[turn % 3], wishes[-1], conversation_id=talk)["understood"]["wishes"] == wishes
    body = {"id": "f", "kind": "like", "item_id": "e9", "conversation_id": talk}
    assert workers[1].post("/api/feedback", json=body).status_code == 201
    assert workers[2].post("/api/feedback", json=body).json()["repeated"] is True
    assert say(workers[0], "last", conversation_id=talk)["understood"]["like"] == ["Echo 9"]


def test_an_openai_conversation_is_found_by_any_worker(workers: Workers) -> None:
    messages: list[dict[str, str]] = []
    for turn in range(4):
        messages.append({"role": "user", "content": f"wish {turn}"})
        answer = workers[turn % 3].post("/v1/chat/completions", json={"messages": messages}).json()
        messages.append({"role": "assistant", "content": answer["choices"][0]["message"]["content"]})
    assert answer["concierge"]["understood"]["wishes"] == [f"wish {turn}" for turn in range(4)]
    assert len(workers[0].get("/api/conversations").json()) == 1


def test_workers_at_once_lose_and_double_nothing(workers: Workers) -> None:
    def person(number: int) -> list[str]:
        talk = say(workers[number % 3], f"wish of {number}", user=f"p{number}")["conversation_id"]
        for turn in range(4):
            worker = workers[(number + turn) % 3]
            end = say(worker, f"turn {turn}", user=f"p{number}", conversation_id=talk)
            assert end["stored"], end
            ids = {"id": f"f{turn}", "item_id": f"e{turn}", "conversation_id": talk, "user": f"p{number}"}
            body = {"kind": "seen", **ids}
            assert worker.post("/api/feedback", json=body).status_code == 201
        return list(end["understood"]["wishes"])

    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(person, range(6)))
    assert heard == [[f"wish of {number}", *(f"turn {turn}" for turn in range(4))] for number in range(6)]


def test_what_one_worker_forgets_no_other_has(workers: Workers) -> None:
    talk = say(workers[0], "secret", user="ann")["conversation_id"]
    say(workers[1], "more", user="ann", conversation_id=talk)
    assert workers[2].delete("/api/users/ann").json()["complete"] is True
    for worker in workers:
        assert worker.get("/api/conversations", params={"user": "ann"}).json() == []
        again = worker.post("/api/chat", json={"message": "x", "user": "ann", "conversation_id": talk})
        assert again.status_code == 404
