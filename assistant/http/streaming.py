"""Running a turn's generator in threads, and closing it as soon as nobody listens."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

import anyio
from anyio import CapacityLimiter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from assistant.engines import on_behalf_of
from assistant.http.places import Places

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Relay(Generic[T]):
    """Values from a turn's thread to the event loop, all that are there at a time: waking the loop for each of them
    costs more than most turns."""

    def __init__(self) -> None:
        self.stopped = False
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._lock = threading.Lock()
        self._values: list[T] = []
        self._ended = False

    def run(self, turn: Generator[T, None, None]) -> None:
        """Run the turn to its end, or until `stopped`; it is closed in any case. For the thread."""
        try:
            for value in turn:
                self._put(value)
                if self.stopped:
                    break
        finally:
            turn.close()
            self._ended = True
            self._wake()

    async def take(self) -> list[T]:
        """The values that came since the last time, at least one; none at the end."""
        await self._ready.wait()
        with self._lock:
            values, self._values = self._values, []
            if not self._ended:
                self._ready.clear()
        return values

    def _put(self, value: T) -> None:
        with self._lock:
            first = not self._values
            self._values.append(value)
        if first:
            self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is gone when the server stops in the middle
            self._loop.call_soon_threadsafe(self._ready.set)


class Line:
    """Lets turns work in threads, so many at a time and fairly among people."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._places = Places(at_once, waiting)

    def admit(self, person: str) -> None:
        """Raise ApiProblem 503 when too many turns wait already, or too many of this person."""
        self._places.admit(person)

    async def drain(
        self, person: str, turn: Generator[T, None, None], give: Callable[[list[T]], Awaitable[None]], receive: Receive
    ) -> bool:
        """Give the values as they come. False when the client went away first; the generator is closed in any case.

        Closing may store what was said so far and stops the engine: the thread is waited for.
        """
        relay: _Relay[T] = _Relay()
        finished = False
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            async def work() -> None:
                on_behalf_of.set(person)  # of this task and the thread that it asks
                async with self._places.hold(person):
                    await anyio.to_thread.run_sync(relay.run, turn, limiter=self._limiter)

            group.start_soon(watch)
            group.start_soon(work)
            try:
                while values := await relay.take():
                    await give(values)
                finished = True
            except (OSError, TimeoutError):
                log.info("a reader went away or stood still")
            finally:
                relay.stopped = True
            group.cancel_scope.cancel()
        return finished


class EventStream(Response):
    """Server-sent events from a generator of frames."""

    media_type = "text/event-stream"

    def __init__(
        self,
        person: str,
        turn: Generator[str, None, None],
        line: Line,
        send_seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._person, self._turn, self._line, self._send_seconds = person, turn, line, send_seconds
        super().__init__(headers={"X-Accel-Buffering": "no", **(headers or {})})
        del self.headers["content-length"]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames as they come; a reader that stands still for too long is let go."""

        async def give(frames: list[str]) -> None:
            with anyio.fail_after(self._send_seconds):
                await send({"type": "http.response.body", "body": "".join(frames).encode(), "more_body": True})

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if await self._line.drain(self._person, self._turn, give, receive):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
