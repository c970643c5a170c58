"""Many conversations at once against a real server, and whether they stay apart."""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from tqdm import tqdm

from assistant.http.app import create_app
from assistant.http.bench.echo import EchoAssistant
from assistant.http.bench.server import serving
from assistant.http.options import ServerOptions
from assistant.http.talk import Conversationalist
from assistant.memory import open_memory

_MARKER = re.compile(r"marker\d+")
_TURNS_A_TALK = 50
"""Turns after which a session begins a new conversation, as people do."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was measured. Times in milliseconds, memory in MiB.

    `single_cpu_ms` is the CPU time of the server and its client for one turn when one session talks alone, and
    `loaded_cpu_ms` when all talk. `efficiency` is the throughput as a share of what `single_cpu_ms` allows on one core:
    Python runs on one at a time. `mixed` counts replies that mention another session's marker, or lack their own.
    """

    sessions: int
    turns: int
    errors: int
    mixed: int
    lost: int
    seconds: float
    turns_per_second: float
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
        return "\n".join(f"{name:20} {value}" for name, value in asdict(self).items())


@dataclass
class _Tally:
    errors: int = 0
    mixed: int = 0


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

    Server and clients share this process, and so one core's worth of Python: the figures are a floor. With no
    assistant an echo is used. The database is a new SQLite file unless a URL is given.
    """
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/load.db"
        with open_memory(url) as memory:
            app = create_app(assistant or EchoAssistant(), memory, ServerOptions(turns_waiting=sessions))
            with serving(app) as address:
                warm = min(max(turns // 20, 20), 500)
                asyncio.run(_talk_alone(address, warm // 2))
                single = asyncio.run(_cpu_of_one(address, warm))
                asyncio.run(_talk_all(address, sessions, max(turns // 10, sessions), None, "warm"))
                before = resident_mib()
                bar: tqdm[Any] = tqdm(total=turns, desc="turns", disable=not progress, file=sys.stderr)
                began, busy = time.perf_counter(), sum(os.times()[:2])
                tally, times = asyncio.run(_talk_all(address, sessions, turns, bar, "load"))
                seconds, busy = time.perf_counter() - began, sum(os.times()[:2]) - busy
                bar.close()
            kept = sum(talk.turns for n in range(sessions) for talk in memory.conversations.list(f"load{n}", 10_000))
        done = len(times)
        times.sort()
        return LoadReport(
            sessions=sessions,
            turns=done,
            errors=tally.errors,
            mixed=tally.mixed,
            lost=done - kept,
            seconds=round(seconds, 2),
            turns_per_second=round(done / seconds, 1),
            single_cpu_ms=round(single * 1000, 2),
            loaded_cpu_ms=round(busy / done * 1000, 2),
            efficiency=round(done / seconds * single, 3),
            median_ms=round(statistics.median(times) * 1000, 1),
            p99_ms=round(times[int(len(times) * 0.99)] * 1000, 1),
            memory_after_warmup=round(before, 1),
            memory_at_end=round(resident_mib(), 1),
        )


async def _talk_alone(address: str, turns: int) -> None:
    await _talk_all(address, 1, turns, None, "alone")


async def _cpu_of_one(address: str, turns: int) -> float:
    """CPU seconds of one turn, with nobody else there."""
    began = sum(os.times()[:2])
    await _talk_all(address, 1, turns, None, "single")
    return (sum(os.times()[:2]) - began) / turns


async def _talk_all(
    address: str, sessions: int, turns: int, bar: tqdm[Any] | None, name: str
) -> tuple[_Tally, list[float]]:
    tally = _Tally()
    times: list[float] = []
    each = [turns // sessions + (n < turns % sessions) for n in range(sessions)]
    limits = httpx.Limits(max_connections=sessions, max_keepalive_connections=sessions)
    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:

        async def session(number: int) -> None:
            talk: str | None = None
            for turn in range(each[number]):
                if turn % _TURNS_A_TALK == 0:
                    talk = None
                began = time.perf_counter()
                talk = await _turn(client, f"{name}{number}", number, turn, talk, tally)
                times.append(time.perf_counter() - began)
                if bar is not None:
                    bar.update(1)

        await asyncio.gather(*(session(number) for number in range(sessions)))
    return tally, times


async def _turn(
    client: httpx.AsyncClient, user: str, number: int, turn: int, talk: str | None, tally: _Tally
) -> str | None:
    own = f"marker{number}"
    body = {"message": f"{own} wish {turn % 5}", "user": user, **({"conversation_id": talk} if talk else {})}
    try:
        answer = await client.post("/api/chat", json=body)
    except httpx.HTTPError as error:
        tqdm.write(f"a request was lost: {error!r}", file=sys.stderr)
        tally.errors += 1
        return talk
    if answer.status_code != 200:
        tally.errors += 1
        return talk
    frames = answer.text.split("\n\n")
    done = next((frame for frame in frames if frame.startswith("event: done")), None)
    if done is None or "event: problem" in answer.text:
        tally.errors += 1
        return talk
    if set(_MARKER.findall(answer.text)) != {own}:
        tally.mixed += 1
    record = json.loads(done.split("data: ", 1)[1])
    if not record["stored"]:
        tally.errors += 1
    return str(record["conversation_id"])
