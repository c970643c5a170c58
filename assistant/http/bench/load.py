"""Many conversations at once against a real server, and whether they stay apart."""

from __future__ import annotations

import os
import statistics
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from assistant.http.app import create_app
from assistant.http.bench.echo import EchoAssistant
from assistant.http.bench.server import serving
from assistant.http.bench.talkers import TURNS_A_TALK, Order, Seen, send
from assistant.http.options import ServerOptions
from assistant.http.talk import Conversationalist
from assistant.memory import open_memory


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was measured. Times in milliseconds, memory in MiB.

    `single_cpu_ms` is the server's CPU time for one turn when one session talks alone, and `loaded_cpu_ms` when all
    talk. `efficiency` is the throughput as a share of what `single_cpu_ms` allows on one core: Python runs on one at a
    time. `mixed` counts replies that mention another session's marker, or lack their own. `bare` is the framework
    alone, streaming the bytes of one reply: turns per second with one session, and with all.
    """

    sessions: int
    turns: int
    errors: int
    mixed: int
    lost: int
    seconds: float
    turns_per_second: float
    alone_per_second: float
    bare_per_second: float
    bare_alone_per_second: float
    single_cpu_ms: float
    loaded_cpu_ms: float
    efficiency: float
    median_ms: float
    p99_ms: float
    memory_after_warmup: float
    memory_at_end: float

    @property
    def passed(self) -> bool:
        """No error, no reply of another session, nothing lost, memory flat, and at least 80 % of the throughput."""
        flat = self.memory_at_end <= self.memory_after_warmup * 1.1 + 16
        return not (self.errors or self.mixed or self.lost) and flat and self.efficiency >= 0.8

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:22} {value}" for name, value in asdict(self).items())


def resident_mib() -> float:
    """Memory of this process, in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def run_load(
    sessions: int = 64,
    turns: int = 10_000,
    *,
    assistant: Conversationalist | None = None,
    database_url: str | None = None,
    progress: bool = True,
) -> LoadReport:
    """Let `sessions` people talk at once for `turns` turns in all, and check every reply.

    The server is this process, the people are another. With no assistant an echo is used. The database is a new
    SQLite file unless a URL is given.
    """
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/load.db"
        with open_memory(url) as memory:
            app = create_app(assistant or EchoAssistant(), memory, ServerOptions(turns_waiting=sessions))
            with serving(app) as address:
                few = min(max(turns // 20, 20), 500)
                send(Order(address, "warm", min(sessions, 4), few))
                alone, alone_cpu = _with_cpu(Order(address, "alone", 1, few))
                # Until conversations are as long as they get: their states, and what is kept of them, grow until then.
                send(Order(address, "full", sessions, max(min(sessions * TURNS_A_TALK, turns // 3), sessions)))
                before = resident_mib()
                seen, busy = _with_cpu(Order(address, "load", sessions, turns, progress=progress))
                after = resident_mib()
                reply = httpx.post(f"{address}/api/chat", json={"message": "bytes"}, trust_env=False).content
            kept = sum(talk.turns for n in range(sessions) for talk in memory.conversations.list(f"load{n}", 10_000))
        with serving(_bare(reply)) as address:
            send(Order(address, "warm", sessions, few, checked=False))
            bare_alone = send(Order(address, "bare", 1, few, checked=False))
            bare = send(Order(address, "bare", sessions, max(turns // 4, sessions), checked=False))
    done, times = len(seen.times), sorted(seen.times) or [0.0]
    single = alone_cpu / max(len(alone.times), 1)
    return LoadReport(
        sessions=sessions,
        turns=done,
        errors=seen.errors,
        mixed=seen.mixed,
        lost=done - kept,
        seconds=round(seen.seconds, 2),
        turns_per_second=_rate(seen),
        alone_per_second=_rate(alone),
        bare_per_second=_rate(bare),
        bare_alone_per_second=_rate(bare_alone),
        single_cpu_ms=round(single * 1000, 2),
        loaded_cpu_ms=round(busy / max(done, 1) * 1000, 2),
        efficiency=round(done / seen.seconds * single, 3),
        median_ms=round(statistics.median(times) * 1000, 1),
        p99_ms=round(times[int(len(times) * 0.99)] * 1000, 1),
        memory_after_warmup=round(before, 1),
        memory_at_end=round(after, 1),
    )


def _rate(seen: Seen) -> float:
    return round(len(seen.times) / seen.seconds, 1)


def _with_cpu(order: Order) -> tuple[Seen, float]:
    """What was seen, and this process's CPU seconds meanwhile."""
    began = sum(os.times()[:2])
    seen = send(order)
    return seen, sum(os.times()[:2]) - began


def _bare(reply: bytes) -> FastAPI:
    """The framework alone: the same bytes, frame by frame, and nothing else."""
    app = FastAPI()
    frames = [frame + b"\n\n" for frame in reply.split(b"\n\n") if frame]

    @app.post("/api/chat")
    async def chat(_body: dict[str, str]) -> StreamingResponse:
        async def stream() -> AsyncIterator[bytes]:
            for frame in frames:
                yield frame

        return StreamingResponse(stream(), media_type="text/event-stream")

    return app
