"""What every engine must do, the same suite for all: a server without a model, llama.cpp and vLLM."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from pydantic import BaseModel

from assistant.engines import Engine, EngineSettings, EngineTimeout, LanguageModel, Message, choose_engine, llama_cpp
from assistant.engines.servers import ChildServer
from assistant.provisioning import vllm_env
from tests.assistant.engines.fake_server import FakeServer

pytestmark = pytest.mark.timeout(900)

COUNT = [Message("user", "Count from 1 to 2000, numbers only, separated by spaces: 1 2 3 4 5 6 7 and on to 2000")]
WISH = [
    Message("system", "Read the titles and the earliest year from the message into JSON."),
    Message("user", "I liked Heat, from 1980 on"),
    Message("assistant", '{"like":["Heat"],"year_from":1980}'),
    Message("user", "I liked Alien, from 1990 on"),
]


class Wish(BaseModel):
    like: list[str] = []
    year_from: int | None = None


class Word(BaseModel):
    word: str


@dataclass(frozen=True)
class Subject:
    """A model, and how many answers its server is generating at this moment."""

    model: LanguageModel
    busy: Callable[[], int]
    patience: float


@contextmanager
def fake() -> Iterator[Subject]:
    with FakeServer() as server:
        engine = choose_engine(EngineSettings(Path("nowhere"), base_url=server.base_url))
        assert engine is not None
        with engine:
            assert engine.wait_ready(10)
            yield Subject(engine.model, lambda: server.generating, 10.0)


def home() -> Path:
    return Path(os.environ.get("CONCIERGE_HOME", "~/.cache/concierge")).expanduser()


@contextmanager
def real_llama_cpp() -> Iterator[Subject]:
    engine = choose_engine(EngineSettings(home(), kind="llama.cpp"))
    assert engine is not None
    with engine:
        assert engine.wait_ready(120), engine.reason
        yield Subject(engine.model, lambda: sum(slot["is_processing"] for slot in ask(engine, "/slots").json()), 240.0)


@contextmanager
def real_vllm(logs: Path) -> Iterator[Subject]:
    if not (vllm_env.environment() / "bin" / "python").exists():
        pytest.skip("`make test-vllm` sets up vLLM's environment")
    threads = llama_cpp.physical_cores()
    engine = Engine(ChildServer(vllm_env.command(home(), threads=threads), logs / "vllm.log"), running=8)

    def busy() -> int:
        counts = re.findall(r"^vllm:num_requests_running\{.*\} ([\d.]+)$", ask(engine, "/metrics").text, re.MULTILINE)
        return int(sum(map(float, counts)))

    with engine:
        assert engine.wait_ready(600), engine.reason
        yield Subject(engine.model, busy, 240.0)


def ask(engine: Engine, path: str) -> httpx2.Response:
    """A question to the child beside the API, with the key that only its parent knows."""
    server = engine._server
    assert isinstance(server, ChildServer)
    headers = {"Authorization": f"Bearer {server._key}"}
    return httpx2.get(f"http://127.0.0.1:{server._port}{path}", headers=headers, trust_env=False, timeout=60)


@pytest.fixture(
    scope="module",
    params=["fake", pytest.param("llama.cpp", marks=pytest.mark.engine), pytest.param("vllm", marks=pytest.mark.vllm)],
)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    if request.param == "fake":
        running = fake()
    elif request.param == "llama.cpp":
        running = real_llama_cpp()
    else:
        running = real_vllm(tmp_path_factory.mktemp("logs"))
    with running as subject:
        yield subject


def idle(subject: Subject) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if subject.busy() == 0:
            return True
        time.sleep(0.1)
    return False


def test_it_has_a_name_and_a_kind(subject: Subject) -> None:
    assert subject.model.name
    assert subject.model.kind in {"llama.cpp", "vllm", "openai-compatible"}


def test_a_structured_answer_follows_the_schema_and_counts_its_tokens(subject: Subject) -> None:
    generation = subject.model.structured(WISH, Wish, max_tokens=80, timeout=subject.patience)
    assert generation.value == Wish(like=["Alien"], year_from=1990)
    assert Wish.model_validate_json(generation.text) == generation.value
    assert generation.prompt_tokens > 5
    assert 0 < generation.completion_tokens <= 80


def test_the_same_question_gets_the_same_answer(subject: Subject) -> None:
    texts = {subject.model.structured(WISH, Wish, max_tokens=80, timeout=subject.patience).text for _ in range(2)}
    assert len(texts) == 1


def test_an_answer_that_is_cut_off_has_text_and_tokens_but_no_value(subject: Subject) -> None:
    generation = subject.model.structured(WISH, Wish, max_tokens=2, timeout=subject.patience)
    assert generation.value is None
    assert generation.text
    assert 0 < generation.completion_tokens <= 3
    assert generation.prompt_tokens > 5


def test_a_stream_comes_in_pieces_and_ends_with_its_counts(subject: Subject) -> None:
    *pieces, last = subject.model.stream(COUNT, max_tokens=30, timeout=subject.patience)
    assert len([piece for piece in pieces if piece.text]) > 5
    assert re.search(r"\d", "".join(piece.text for piece in pieces))
    assert not any(piece.finished for piece in pieces)
    assert last.finished
    assert last.prompt_tokens > 5
    assert 5 < last.completion_tokens <= 31


def test_closing_the_stream_stops_the_generation(subject: Subject) -> None:
    stream = subject.model.stream(COUNT, max_tokens=2000, timeout=subject.patience)
    next(stream)
    assert subject.busy() == 1
    stream.close()  # type: ignore[attr-defined]
    assert idle(subject)


def test_a_stream_that_takes_too_long_is_cut_and_stops(subject: Subject) -> None:
    with pytest.raises(EngineTimeout, match=r"within 1 s"):
        list(subject.model.stream(COUNT, max_tokens=3000, timeout=1))
    assert idle(subject)


def test_a_structured_answer_that_takes_too_long_is_cut_and_stops(subject: Subject) -> None:
    with pytest.raises(EngineTimeout, match=r"within 0\.02 s"):
        subject.model.structured(WISH, Wish, max_tokens=500, timeout=0.02)
    assert idle(subject)


def test_answers_at_once_do_not_mix(subject: Subject) -> None:
    words = ["apple", "river", "stone", "cloud"]

    def repeat(word: str) -> str | None:
        example = [Message("user", "Repeat the word house"), Message("assistant", '{"word":"house"}')]
        messages = [*example, Message("user", f"Repeat the word {word}")]
        value = subject.model.structured(messages, Word, max_tokens=20, timeout=subject.patience).value
        return value.word if value else None

    with ThreadPoolExecutor(len(words)) as pool:
        assert list(pool.map(repeat, words)) == words
