"""An echo with a language model behind it that it can lose: what it says is not used, that it answers is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.engines import Engine, EngineError, Message, llama_cpp, llama_server
from assistant.engines.servers import ChildServer, Command
from assistant.engines.supervisor import Patience
from assistant.events import Event, Problem
from assistant.http.bench import stand_in
from assistant.http.bench.echo import EchoAssistant
from assistant.state import DialogueState

_QUESTION = (Message("user", "Count to three."),)
PATIENCE = Patience(longest_back_off=1.0)
"""An engine that is killed over and over must not be taken for one that cannot run."""


STAND_IN: tuple[str, ...] = (sys.executable, "-P", stand_in.__file__)
"""A server without a model, as a program that takes `--port N`."""


def llama(weights: Path) -> tuple[str, ...]:
    """llama.cpp with these weights as a program that takes `--port N`."""
    threads = str(llama_cpp.physical_cores())
    name = ("--name", weights.stem, "--threads", threads)
    return (sys.executable, "-P", llama_server.__file__, str(weights), *name)


def supervised(program: Sequence[str], log: Path) -> Engine:
    """The engine of a program that takes `--port N` and a key in its environment."""

    def arguments(port: int) -> list[str]:
        return [*program, "--port", str(port)]

    command = Command("bench", "bench", arguments, lambda key: {llama_server.KEY_VARIABLE: key})
    return Engine(ChildServer(command, log), "bench", running=2, waiting=64, patience=PATIENCE)


class AskingEcho(EchoAssistant):
    """Asks the model before it answers, and says so when there is none."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """A few tokens of the model first, then the echo."""
        try:
            for _ in self._engine.model.stream(_QUESTION, max_tokens=4, timeout=20):
                pass
        except EngineError as error:
            yield Problem("no-engine", str(error))
        yield from super().reply(state, utterance)


def processes_of(parent: int) -> list[int]:
    """All processes under this one, from Linux' process table; without the threads."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                after_name = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(after_name[1]), []).append(int(path.name))
    found: list[int] = []
    waiting = [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return [process for process in found if process != os.getpid()]
