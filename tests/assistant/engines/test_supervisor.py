"""A child that dies, hangs or never starts: the call fails at once, the server comes back, the next call works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from assistant.engines import Engine, EngineError, EngineState, Message
from assistant.engines.servers import ChildServer, Command, RemoteServer
from assistant.engines.supervisor import Patience
from tests.assistant.engines import fake_server
from tests.assistant.engines.fake_server import FakeServer

QUICK = Patience(
    poll=0.02, check_every=0.1, check_limit=0.5, first_back_off=0.05, longest_back_off=0.2, failures=2, examination=0.5
)
COUNT = [Message("user", "Count to 500")]


class Word(BaseModel):
    word: str


def command(*flags: str) -> Command:
    script = [sys.executable, fake_server.__file__, "--port"]
    return Command("fake", "fake", lambda port: [*script, str(port), *flags], lambda key: {"FAKE_KEY": key})


@pytest.fixture
def server(tmp_path: Path) -> ChildServer:
    return ChildServer(command(), tmp_path / "logs/fake.log")


@pytest.fixture
def engine(server: ChildServer) -> Iterator[Engine]:
    with Engine(server, "fake", patience=QUICK) as engine:
        assert engine.wait_ready(10)
        yield engine


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def child_of(pid: int) -> int:
    """The server below the watcher."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid:
            return int(folder.name)
    raise AssertionError("the watcher has no child")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def say(engine: Engine, text: str = "Count to 3", tokens: int = 9) -> str:
    return "".join(chunk.text for chunk in engine.model.stream([Message("user", text)], max_tokens=tokens, timeout=5))


def test_it_starts_answers_and_stops(server: ChildServer) -> None:
    engine = Engine(server, "fake", patience=QUICK)
    assert engine.state is EngineState.STOPPED
    with engine:
        assert engine.state is EngineState.STARTING
        assert engine.wait_ready(10)
        assert engine.state is EngineState.READY
        assert say(engine) == "1 2 3"
        watcher = server.pid
        assert watcher is not None
        process = child_of(watcher)
    assert engine.state is EngineState.STOPPED
    assert not alive(process)
    assert not alive(watcher)
    with pytest.raises(EngineError, match="is stopped"):
        say(engine)


def test_it_can_be_started_again(server: ChildServer) -> None:
    engine = Engine(server, "fake", patience=QUICK)
    for _ in range(2):
        with engine:
            assert engine.wait_ready(10)
            assert say(engine) == "1 2 3"


@pytest.mark.parametrize("victim", ["server", "watcher"])
def test_killed_in_the_middle_of_an_answer(engine: Engine, server: ChildServer, victim: str) -> None:
    stream = engine.model.stream(COUNT, max_tokens=500, timeout=20)
    assert next(stream).text == "1 "
    watcher = server.pid
    assert watcher is not None
    process = child_of(watcher)
    os.kill(process if victim == "server" else watcher, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"broke off|was closed"):
        list(stream)
    assert until(lambda: engine.starts == 2)
    assert not alive(process)
    assert say(engine) == "1 2 3"
    assert engine.reason == ""


def test_a_call_while_it_is_away_fails_at_once(engine: Engine, server: ChildServer) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert until(lambda: engine.state is not EngineState.READY)
    began = time.monotonic()
    with pytest.raises(EngineError, match=r"not available|still starting"):
        say(engine)
    assert time.monotonic() - began < 0.5


def test_a_message_that_crashes_it_costs_only_its_own_turn(engine: Engine) -> None:
    with pytest.raises(EngineError):
        say(engine, "please crash")
    assert until(lambda: engine.starts == 2)
    assert say(engine) == "1 2 3"


def test_a_stopped_process_is_found_and_replaced(engine: Engine, server: ChildServer) -> None:
    assert server.pid is not None
    os.kill(child_of(server.pid), signal.SIGSTOP)
    assert until(lambda: engine.starts == 2)
    assert say(engine) == "1 2 3"


def test_a_child_that_cannot_start_is_tried_again_ever_more_slowly(tmp_path: Path) -> None:
    server = ChildServer(command("--refuse-to-start"), tmp_path / "fake.log")
    with Engine(server, "fake", patience=QUICK) as engine:
        assert not engine.wait_ready(10)
        assert "code 1" in engine.reason
        with pytest.raises(EngineError):
            say(engine)
        assert until(lambda: server.log.read_text().count("no weights here") >= 3)
    assert engine.starts == 0


def test_a_child_that_never_gets_ready_is_given_up(tmp_path: Path) -> None:
    sleeper = Command(
        "fake", "fake", lambda port: [sys.executable, "-c", "import time; time.sleep(60)"], lambda key: {}, 0.3
    )
    with Engine(ChildServer(sleeper, tmp_path / "fake.log"), patience=QUICK) as engine:
        assert not engine.wait_ready(10)
        assert "not ready within 0.3 s" in engine.reason


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = Command("fake", "fake", lambda port: ["/does/not/exist"], lambda key: {}, 5)
    with Engine(ChildServer(missing, tmp_path / "fake.log"), patience=QUICK) as engine:
        assert not engine.wait_ready(10)
        assert "ended with code" in engine.reason


def test_the_key_is_not_on_the_command_line(engine: Engine, server: ChildServer) -> None:
    assert server._key
    assert server.pid is not None
    for pid in (server.pid, child_of(server.pid)):
        assert server._key.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_no_child_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from assistant.engines.servers import ChildServer, Command
        from assistant.engines import Engine
        arguments = lambda port: [sys.executable, {fake_server.__file__!r}, "--port", str(port)]
        server = ChildServer(Command("fake", "fake", arguments, lambda key: {{}}), Path({str(tmp_path)!r}) / "log")
        engine = Engine(server, "fake")
        engine.start()
        assert engine.wait_ready(20)
        print(server.pid, flush=True)
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert parent.stdout is not None
    watcher = int(parent.stdout.readline())
    process = child_of(watcher)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not alive(process) and not alive(watcher))


def test_an_address_that_comes_and_goes_needs_no_restart() -> None:
    with FakeServer() as first:
        port = first.server_address[1]
        engine = Engine(RemoteServer(first.base_url), patience=QUICK)
        engine.start()
        assert engine.wait_ready(10)
        assert engine.model.name == "fake"
        assert say(engine) == "1 2 3"
    assert until(lambda: engine.state is not EngineState.READY)
    with pytest.raises(EngineError):
        say(engine)
    with FakeServer(port):
        assert until(lambda: engine.state is EngineState.READY)
        assert say(engine) == "1 2 3"
        engine.stop()


def test_a_server_that_is_stuck_opens_the_breaker_and_closes_it_when_it_answers_again() -> None:
    with FakeServer() as server, Engine(RemoteServer(server.base_url), patience=QUICK) as engine:
        assert engine.wait_ready(10)
        server.stuck = True
        for _ in range(QUICK.failures):
            with pytest.raises(EngineError):
                list(engine.model.stream(COUNT, max_tokens=9, timeout=0.2))
        assert until(lambda: engine.starts > 1 or engine.state is not EngineState.READY)
        server.stuck = False
        assert until(lambda: engine.state is EngineState.READY)
        assert until(lambda: say(engine) == "1 2 3")


@pytest.mark.parametrize(("key", "ready"), [("right", True), ("wrong", False), (None, False)])
def test_an_address_with_a_key(key: str | None, ready: bool) -> None:
    with (
        FakeServer(key="right") as server,
        Engine(RemoteServer(server.base_url, api_key=key), patience=QUICK) as engine,
    ):
        assert engine.wait_ready(10) is ready
        if not ready:
            assert "set LLM_API_KEY" in engine.reason


def test_prompts_are_read_in_advance_and_again_after_a_restart() -> None:
    prompts = [[Message("system", "understand"), Message("user", "x")], [Message("system", "explain")]]
    with FakeServer() as first:
        port = first.server_address[1]
        engine = Engine(RemoteServer(first.base_url), patience=QUICK)
        engine.warm(prompts)
        engine.start()
        assert until(lambda: len(first.requests) == 2)
        assert [request["messages"][0]["content"] for request in first.requests] == ["understand", "explain"]
        assert all(request["max_completion_tokens"] == 1 for request in first.requests)
    assert until(lambda: engine.state is not EngineState.READY)
    with FakeServer(port) as second:
        assert until(lambda: len(second.requests) == 2)
        engine.stop()


def test_a_busy_server_is_not_taken_for_a_stuck_one() -> None:
    with FakeServer(token_seconds=0.05) as server, Engine(RemoteServer(server.base_url), patience=QUICK) as engine:
        assert engine.wait_ready(10)
        stream = engine.model.stream(COUNT, max_tokens=60, timeout=20)
        next(stream)
        server.hold_new = True
        for _ in range(QUICK.failures):
            with pytest.raises(EngineError, match="did not answer"):
                engine.model.structured(COUNT, Word, max_tokens=9, timeout=0.1)
        assert len(list(stream)) == 60
        assert engine.starts == 1
        assert engine.state is EngineState.READY


def test_a_refused_request_is_not_the_servers_trouble() -> None:
    with FakeServer() as server, Engine(RemoteServer(server.base_url), patience=QUICK) as engine:
        assert engine.wait_ready(10)
        for _ in range(5):
            with pytest.raises(EngineError, match="refused the request"):
                say(engine, "please refuse")
        assert say(engine) == "1 2 3"
        assert engine.starts == 1
        assert not [request for request in server.requests if request["messages"][-1]["content"] == "Hi"]
