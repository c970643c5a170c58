"""People who talk, in a process of their own, so that the server's processor time and memory are its own.

Started by its path (`python -P talkers.py`), an order as JSON on standard input, what was seen as JSON on standard
output; imports nothing of ours, to start fast.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

from tqdm import tqdm

_MARKER = re.compile(r"marker\d+")
TURNS_A_TALK = 50
"""Turns after which a person begins a new conversation, as people do."""


@dataclass(frozen=True, slots=True)
class Order:
    """So many people, and so many turns in all. With `checked` off the answers are read and not looked at."""

    address: str
    name: str
    sessions: int
    turns: int
    checked: bool = True
    progress: bool = False


@dataclass
class Seen:
    """What they saw; `times` in seconds, one for each turn that was answered."""

    errors: int = 0
    mixed: int = 0
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)


def send(order: Order) -> Seen:
    """Let them talk, and wait until they have."""
    command = [sys.executable, "-P", __file__]
    done = subprocess.run(  # noqa: S603
        command, input=json.dumps(asdict(order)), stdout=subprocess.PIPE, text=True, check=True
    )
    return Seen(**json.loads(done.stdout))


async def talk(order: Order) -> Seen:
    """All of them at once."""
    seen = Seen()
    each = [order.turns // order.sessions + (n < order.turns % order.sessions) for n in range(order.sessions)]
    bar = tqdm(total=order.turns, desc="turns", disable=not order.progress, file=sys.stderr)

    async def person(number: int) -> None:
        async with _Connection(order.address) as connection:
            conversation: str | None = None
            for turn in range(each[number]):
                if turn % TURNS_A_TALK == 0:
                    conversation = None
                body = {"message": f"marker{number} wish {turn % 5}", "user": f"{order.name}{number}"}
                began = time.perf_counter()
                answer = await connection.post(body | ({"conversation_id": conversation} if conversation else {}))
                if answer is None:
                    seen.errors += 1
                else:
                    seen.times.append(time.perf_counter() - began)
                    conversation = _look(answer, number, seen) if order.checked else None
                bar.update(1)

    began = time.perf_counter()
    await asyncio.gather(*(person(number) for number in range(order.sessions)))
    seen.seconds = time.perf_counter() - began
    bar.close()
    return seen


class _Connection:
    """One person's connection. An ordinary client needs more processor time for a turn than the server does, and what
    it needs would be missing in the measurement; this one does the least that HTTP asks for."""

    def __init__(self, address: str) -> None:
        self._host, port = address.removeprefix("http://").split(":")
        self._port = int(port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: dict[str, str]) -> str | None:
        """The answer's text; None when it was lost or is not 200."""
        try:
            return await asyncio.wait_for(self._post(json.dumps(body).encode()), 900)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.IncompleteReadError) as error:
            tqdm.write(f"a request was lost: {error!r}", file=sys.stderr)
            self._close()
            return None

    async def _post(self, body: bytes) -> str | None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=2**20)
        reader, writer = self._streams
        head = f"POST /api/chat HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if "transfer-encoding: chunked" in headers:
            pieces = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                pieces.append((await reader.readexactly(size + 2))[:-2])
            await reader.readexactly(2)
            text = b"".join(pieces)
        else:
            length = re.search(r"content-length: (\d+)", headers)
            text = await reader.readexactly(int(length[1]) if length else 0)
        return text.decode() if headers.split(" ", 2)[1] == "200" else None

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def __aenter__(self) -> _Connection:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()


def _look(answer: str, number: int, seen: Seen) -> str | None:
    """The conversation that the answer belongs to, after a look whether it is whole and says only what is its own."""
    done = next((frame for frame in answer.split("\n\n") if frame.startswith("event: done")), None)
    record = json.loads(done.split("data: ", 1)[1]) if done else {}
    if not record.get("stored") or "event: problem" in answer:
        seen.errors += 1
        return None
    if set(_MARKER.findall(answer)) != {f"marker{number}"}:
        seen.mixed += 1
    return str(record["conversation_id"])


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(talk(Order(**json.load(sys.stdin)))))))
