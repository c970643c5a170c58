"""Kill the web process at random moments and look whether anything that was acknowledged is missing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from tempfile import TemporaryDirectory

import httpx
from tqdm import tqdm

from assistant.http.bench.echo import ITEMS
from assistant.http.bench.server import free_port
from assistant.memory import Memory, open_memory


@dataclass(frozen=True, slots=True)
class FaultReport:
    """What was counted. `lost` and `doubled` are of acknowledged turns and feedback; `slowest_return` is in seconds,
    from the kill to the next answer, the start of a new process included."""

    kills: int
    acknowledged_turns: int
    acknowledged_feedback: int
    lost: int
    doubled: int
    slowest_return: float

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing twice, and something was acknowledged at all."""
        return not (self.lost or self.doubled) and self.acknowledged_turns > 0 and self.acknowledged_feedback > 0

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:22} {value}" for name, value in asdict(self).items())


@dataclass
class _Client:
    """One person who talks and clicks without pause, and notes what was acknowledged.

    What was not acknowledged is sent again with the same id, as a careful client does.
    """

    user: str
    address: str
    stop: threading.Event
    turns: dict[str, str] = field(default_factory=dict)
    feedback: list[str] = field(default_factory=list)

    def run(self) -> None:
        with httpx.Client(base_url=self.address, timeout=10) as client:
            talk = self._until_done(lambda: _say(client, self.user, None, uuid.uuid4().hex))
            number = 0
            while not self.stop.is_set() and talk is not None:
                turn_id, number = f"t{number}", number + 1
                if self._until_done(partial(_say, client, self.user, talk, turn_id)):
                    self.turns[turn_id] = talk
                given = f"f{number}"
                if self._until_done(partial(_like, client, self.user, talk, given, number)):
                    self.feedback.append(given)

    def _until_done(self, send: Callable[[], str | None]) -> str | None:
        while not self.stop.is_set():
            try:
                if answer := send():
                    return answer
            except httpx.HTTPError:
                pass
            time.sleep(0.02)
        return None


def _say(client: httpx.Client, user: str, talk: str | None, turn_id: str) -> str | None:
    body = {"message": f"wish {turn_id[:6]}", "user": user, "turn_id": turn_id}
    answer = client.post("/api/chat", json=body | ({"conversation_id": talk} if talk else {}))
    done = next((one for one in answer.text.split("\n\n") if one.startswith("event: done")), None)
    record = json.loads(done.split("data: ", 1)[1]) if done else {}
    return str(record["conversation_id"]) if record.get("stored") else None


def _like(client: httpx.Client, user: str, talk: str, given: str, number: int) -> str | None:
    body = {"id": given, "kind": "like", "item_id": f"e{number % ITEMS}", "conversation_id": talk, "user": user}
    return given if client.post("/api/feedback", json=body).status_code in (200, 201) else None


def run_faults(
    kills: int = 200,
    *,
    clients: int = 4,
    database_url: str | None = None,
    seed: int = 0,
    progress: bool = True,
) -> FaultReport:
    """Kill the web process `kills` times with SIGKILL while people talk and click, start it again, and count."""
    chance = random.Random(seed)
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/faults.db"
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        stop = threading.Event()
        people = [_Client(f"fault{uuid.uuid4().hex[:8]}-{n}", address, stop) for n in range(clients)]
        threads = [threading.Thread(target=person.run, daemon=True) for person in people]
        slowest = 0.0
        with _parent(port, url) as parent:
            process = _start(parent, address)
            try:
                for thread in threads:
                    thread.start()
                for _ in tqdm(range(kills), desc="kills", disable=not progress, file=sys.stderr):
                    time.sleep(chance.uniform(0.0, 0.5))
                    killed = time.monotonic()
                    os.kill(process, signal.SIGKILL)
                    process = _start(parent, address)
                    slowest = max(slowest, time.monotonic() - killed)
                time.sleep(0.3)
            finally:
                stop.set()
                for thread in threads:
                    if thread.ident is not None:
                        thread.join(15)
                os.kill(process, signal.SIGKILL)
        with open_memory(url) as memory:
            lost, doubled = _count(memory, people)
    said, given = sum(len(person.turns) for person in people), sum(len(person.feedback) for person in people)
    return FaultReport(kills, said, given, lost, doubled, round(slowest, 2))


@contextmanager
def _parent(port: int, url: str) -> Iterator[subprocess.Popen[str]]:
    """The process that makes web processes."""
    command = [sys.executable, "-m", "assistant.http.bench.child", str(port), url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as parent:  # type: ignore[call-overload]  # noqa: S603
        try:
            yield parent
        finally:
            parent.kill()


def _start(parent: subprocess.Popen[str], address: str) -> int:
    """A new web process that answers; its process number."""
    if parent.stdin is None or parent.stdout is None:
        raise RuntimeError("the parent of the web processes has no pipes")
    parent.stdin.write("\n")
    parent.stdin.flush()
    child = int(parent.stdout.readline())
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                return child
        except httpx.HTTPError:
            time.sleep(0.02)
    raise RuntimeError("the web process did not come back within 60 s")


def _count(memory: Memory, people: list[_Client]) -> tuple[int, int]:
    lost = doubled = 0
    for person in people:
        kept = Counter(given.id for given in memory.learning.feedback(person.user))
        lost += sum(kept[given] == 0 for given in person.feedback)
        doubled += sum(count > 1 for count in kept.values())
        for talk in set(person.turns.values()):
            turns = memory.conversations.turns(person.user, talk, limit=1_000_000)
            ids = Counter(turn.id for turn in turns)
            lost += sum(ids[turn_id] == 0 for turn_id, where in person.turns.items() if where == talk)
            lost += sum(ids[f"feedback:{given}"] == 0 for given in person.feedback)
            doubled += sum(count > 1 for count in ids.values())
            lost += [turn.number for turn in turns] != list(range(1, len(turns) + 1))
    return lost, doubled
