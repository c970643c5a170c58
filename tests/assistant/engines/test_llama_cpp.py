"""The default engine as it is: its prompts stay warm, it is private, and it survives being killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from assistant.engines import Engine, EngineError, EngineSettings, EngineState, Message, choose_engine
from assistant.engines.servers import ChildServer

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

UNDERSTAND = "You read what a person says about movies. " + " ".join(f"Rule {n}: keep wish {n}." for n in range(40))
EXPLAIN = "You explain recommendations with facts. " + " ".join(f"Guideline {n}: only fact {n}." for n in range(40))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    home = Path(os.environ.get("CONCIERGE_HOME", "~/.cache/concierge")).expanduser()
    engine = choose_engine(EngineSettings(home, kind="llama.cpp"))
    assert engine is not None
    with engine:
        assert engine.wait_ready(120), engine.reason
        yield engine


def server_of(engine: Engine) -> ChildServer:
    server = engine._server
    assert isinstance(server, ChildServer)
    return server


def read(engine: Engine, prompt: str, message: str) -> tuple[int, int]:
    """Tokens of the prompt found in the cache, and tokens read anew."""
    server = server_of(engine)
    messages = [{"role": "system", "content": prompt}, {"role": "user", "content": message}]
    answer = httpx2.post(
        f"http://127.0.0.1:{server._port}/v1/chat/completions",
        json={"model": "x", "messages": messages, "max_tokens": 4, "temperature": 0},
        headers={"Authorization": f"Bearer {server._key}"},
        trust_env=False,
        timeout=300,
    ).json()
    return answer["timings"]["cache_n"], answer["timings"]["prompt_n"]


def test_both_prompts_stay_warm_from_turn_to_turn_also_with_two_people(engine: Engine) -> None:
    for prompt in (UNDERSTAND, EXPLAIN):
        read(engine, prompt, "warm up")
    for turn in range(3):
        for prompt in (UNDERSTAND, EXPLAIN):
            cached, anew = read(engine, prompt, f"I liked film number {turn * 7}")
            assert cached > 250
            assert anew < 25

    def person(number: int) -> list[tuple[int, int]]:
        return [read(engine, prompt, f"person {number} liked this") for prompt in (UNDERSTAND, EXPLAIN)]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(person, (1, 2)))
        for counts in pool.map(person, (3, 4)):
            assert all(cached > 250 and anew < 25 for cached, anew in counts)


def test_others_on_the_machine_cannot_use_it(engine: Engine) -> None:
    url = f"http://127.0.0.1:{server_of(engine)._port}/v1/chat/completions"
    body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    assert httpx2.post(url, json=body, trust_env=False).status_code == 401


def test_killed_in_the_middle_of_an_answer_it_comes_back(engine: Engine) -> None:
    stream = engine.model.stream([Message("user", "Count to one thousand")], max_tokens=800, timeout=120)
    next(stream)
    starts, watcher = engine.starts, server_of(engine).pid
    assert watcher is not None
    os.kill(watcher, signal.SIGKILL)
    with pytest.raises(EngineError):
        list(stream)
    deadline = time.monotonic() + 90
    while engine.starts == starts or engine.state is not EngineState.READY:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    *_, last = engine.model.stream([Message("user", "Say yes")], max_tokens=3, timeout=120)
    assert last.finished


def test_a_prompt_longer_than_the_context_is_refused_clearly_and_costs_nothing_else(engine: Engine) -> None:
    with pytest.raises(EngineError, match="refused the request"):
        list(engine.model.stream([Message("user", "word " * 20_000)], max_tokens=3, timeout=120))
    *_, last = engine.model.stream([Message("user", "Say yes")], max_tokens=3, timeout=120)
    assert last.finished


def test_weights_that_are_damaged_are_a_clear_failure(tmp_path: Path) -> None:
    weights = tmp_path / "damaged.gguf"
    weights.write_bytes(b"GGUF" + bytes(1000))
    engine = choose_engine(EngineSettings(tmp_path, kind="llama.cpp", model=str(weights)))
    assert engine is not None
    with engine:
        assert not engine.wait_ready(60)
        assert "llama.cpp.log" in engine.reason
