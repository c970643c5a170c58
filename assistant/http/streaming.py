"""Running a turn's generator in threads, and closing it as soon as nobody listens."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from typing import Final, TypeVar

import anyio
from anyio import CapacityLimiter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from assistant.http.problems import ApiProblem

log = logging.getLogger(__name__)

T = TypeVar("T")
_END: Final = object()


class Line:
    """Lets turns work in threads, so many at a time and in the order they come; says so when too many wait."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._turns = 0

    def admit(self) -> None:
        """Raise ApiProblem 503 when too many turns wait already."""
        if self._turns >= self._most:
            raise ApiProblem(503, "Too many people are talking just now. Try again in a moment.", {"Retry-After": "2"})

    async def drain(
        self, turn: Generator[T, None, None], give: Callable[[T], Awaitable[None]], receive: Receive
    ) -> bool:
        """Give each value as it comes. False when the client went away first; the generator is closed in any case.

        Each step waits in line anew, so that a long turn does not hold up the short ones.
        """
        finished = False
        self._turns += 1
        try:
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                try:
                    await self._steps(turn, give)
                    finished = True
                except (OSError, TimeoutError):
                    log.info("a reader went away or stood still")
                finally:
                    # Closing may store what was said so far and stops the engine: it must not be cancelled.
                    with anyio.CancelScope(shield=True):
                        await anyio.to_thread.run_sync(turn.close)
                group.cancel_scope.cancel()
        finally:
            self._turns -= 1
        return finished

    async def _steps(self, turn: Iterator[T], give: Callable[[T], Awaitable[None]]) -> None:
        while True:
            value = await anyio.to_thread.run_sync(next, turn, _END, limiter=self._limiter)
            if value is _END:
                return
            await give(value)  # type: ignore[arg-type]


class EventStream(Response):
    """Server-sent events from a generator of frames."""

    media_type = "text/event-stream"

    def __init__(
        self,
        turn: Generator[str, None, None],
        line: Line,
        send_seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._turn, self._line, self._send_seconds = turn, line, send_seconds
        super().__init__(headers={"X-Accel-Buffering": "no", **(headers or {})})
        del self.headers["content-length"]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames as they come; a reader that stands still for too long is let go."""

        async def give(frame: str) -> None:
            with anyio.fail_after(self._send_seconds):
                await send({"type": "http.response.body", "body": frame.encode(), "more_body": True})

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if await self._line.drain(self._turn, give, receive):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
