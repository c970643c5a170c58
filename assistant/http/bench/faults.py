"""Kill what can be killed at random moments and look whether anything that was acknowledged is missing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
from tqdm import tqdm

from assistant.http.bench.clients import Client, back, lost_and_doubled
from assistant.http.bench.echo_engine import processes_of
from assistant.http.bench.server import free_port
from assistant.memory import open_memory


@dataclass(frozen=True, slots=True)
class FaultReport:
    """What was counted. `lost` and `doubled` are of acknowledged turns and feedback; `stuck` counts kills after which
    nothing worked within two minutes. The `back_…` are the longest times in seconds from a kill to the end of the next
    whole turn that began after it, the restart of what was killed included."""

    web_kills: int
    engine_kills: int
    database_kills: int
    acknowledged_turns: int
    acknowledged_feedback: int
    lost: int
    doubled: int
    stuck: int
    back_after_web: float
    back_after_engine: float
    back_after_database: float

    @property
    def passed(self) -> bool:
        """Nothing lost, nothing twice, always back, and something was acknowledged at all."""
        harm = self.lost or self.doubled or self.stuck
        return not harm and self.acknowledged_turns > 0 and self.acknowledged_feedback > 0

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:22} {value}" for name, value in asdict(self).items())


def run_faults(
    kills: int = 200,
    *,
    clients: int = 4,
    database_url: str | None = None,
    engine: Sequence[str] = (),
    seed: int = 0,
    progress: bool = True,
) -> FaultReport:
    """Kill with SIGKILL while people talk and click: the web process, and in turn, where there is one, the `engine` (a
    program that takes `--port N`) or a database connection's server process (PostgreSQL). Wait until a whole turn
    comes through again, and count in the end."""
    chance = random.Random(seed)
    slowest = {"web": 0.0, "engine": 0.0, "database": 0.0}
    done: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/faults.db"
        kinds = ["web", *(["engine"] if engine else []), *(["database"] if url.startswith("postgres") else [])]
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        stop = threading.Event()
        people = [Client(f"fault{uuid.uuid4().hex[:8]}-{n}", address, stop) for n in range(clients)]
        threads = [threading.Thread(target=person.run, daemon=True) for person in people]
        with _parent([str(port), url, folder, *engine]) as parent:
            process = _start(parent, address)
            try:
                for thread in threads:
                    thread.start()
                done["stuck"] += not back(people, time.monotonic())
                for number in tqdm(range(kills), desc="kills", disable=not progress, file=sys.stderr):
                    time.sleep(chance.uniform(0.0, 0.5))
                    kind = kinds[number % len(kinds)]
                    killed = time.monotonic()
                    if kind == "web":
                        os.kill(process, signal.SIGKILL)
                        process = _start(parent, address)
                    else:
                        _kill_engine(process, chance) if kind == "engine" else _kill_connection(url, chance)
                    done["stuck"] += not back(people, killed)
                    done[kind] += 1
                    slowest[kind] = max(slowest[kind], time.monotonic() - killed)
            finally:
                stop.set()
                for thread in threads:
                    if thread.ident is not None:
                        thread.join(60)
                os.kill(process, signal.SIGKILL)
        with open_memory(url) as memory:
            lost, doubled = lost_and_doubled(memory, people)
    said, given = sum(len(person.turns) for person in people), sum(len(person.feedback) for person in people)
    longest = [round(slowest[kind], 2) for kind in ("web", "engine", "database")]
    counts = (done["web"], done["engine"], done["database"])
    return FaultReport(*counts, said, given, lost, doubled, done["stuck"], *longest)


def _kill_engine(web: int, chance: random.Random) -> None:
    """Kill the engine's process, or the one that watches over it."""
    if running := processes_of(web):
        with suppress(ProcessLookupError):
            os.kill(chance.choice(running), signal.SIGKILL)


def _kill_connection(url: str, chance: random.Random) -> None:
    """Kill the server process of a connection; ask PostgreSQL to end it where that process is not ours to kill."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        running = [row[0] for row in connection.execute(others)]
        if not running:
            return
        victim = chance.choice(running)
        try:
            if not Path(f"/proc/{victim}/comm").read_text().startswith("postgres"):
                raise PermissionError
            os.kill(victim, signal.SIGKILL)
        except OSError:
            connection.execute("SELECT pg_terminate_backend(%s)", (victim,))


@contextmanager
def _parent(arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The process that makes web processes."""
    command = [sys.executable, "-m", "assistant.http.bench.child", *arguments]
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
