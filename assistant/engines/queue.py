"""A bounded queue in front of an engine: first come, first served, and a clear "busy" when it is full."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.engines.types import EngineBusy

_BUSY = "The language model has too many messages waiting; try again in a few seconds."


class CallQueue:
    """Lets `running` calls through at once and keeps at most `waiting` more, in the order they came."""

    def __init__(self, running: int, waiting: int) -> None:
        if running < 1 or waiting < 0:
            raise ValueError("at least one call must be able to run, and the number that may wait cannot be negative")
        self._free = running
        self._limit = waiting
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        with self._lock:
            return len(self._line)

    @contextmanager
    def turn(self, timeout: float) -> Iterator[float]:
        """Wait for a turn and hold it; yields the seconds waited.

        Raises
        ------
        EngineBusy
            at once when the queue is full, or when no turn came within `timeout` seconds.
        """
        waited = self._enter(timeout)
        try:
            yield waited
        finally:
            self._leave()

    def _enter(self, timeout: float) -> float:
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return 0.0
            if len(self._line) >= self._limit:
                raise EngineBusy(_BUSY)
            mine = threading.Event()
            self._line.append(mine)
        began = time.monotonic()
        if mine.wait(timeout):
            return time.monotonic() - began
        with self._lock:
            if mine in self._line:
                self._line.remove(mine)
                raise EngineBusy(_BUSY)
        return time.monotonic() - began  # The turn came in the moment of giving up.

    def _leave(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()  # The turn passes on without becoming free, so nobody can push in.
            else:
                self._free += 1
