"""A bounded queue in front of an engine: people in turn, and a clear "busy" when it is full."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assistant.engines.types import EngineBusy

_BUSY = "The language model has too many messages waiting; try again in a few seconds."


on_behalf_of: ContextVar[str] = ContextVar("on_behalf_of", default="")
"""The person whose turn is at work in this context; all who are not named count as one."""

_REMEMBERED = 10_000


class CallQueue:
    """Lets `running` calls through at once and keeps at most `waiting` more.

    The call of the person goes next who was served longest ago, so that many calls of one do not keep others waiting;
    the calls of one person go in the order they came.
    """

    def __init__(self, running: int, waiting: int) -> None:
        if running < 1 or waiting < 0:
            raise ValueError("at least one call must be able to run, and the number that may wait cannot be negative")
        self._free = running
        self._limit = waiting
        self._lock = threading.Lock()
        self._line: list[tuple[str, threading.Event]] = []
        self._served: OrderedDict[str, int] = OrderedDict()
        self._calls = 0

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
        mine = on_behalf_of.get(), threading.Event()
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                self._note(mine[0])
                return 0.0
            if len(self._line) >= self._limit:
                raise EngineBusy(_BUSY)
            self._line.append(mine)
        began = time.monotonic()
        if mine[1].wait(timeout):
            return time.monotonic() - began
        with self._lock:
            if mine in self._line:
                self._line.remove(mine)
                raise EngineBusy(_BUSY)
        return time.monotonic() - began  # The turn came in the moment of giving up.

    def _leave(self) -> None:
        with self._lock:
            if self._line:
                person, turn = following = min(self._line, key=lambda one: self._served.get(one[0], 0))
                self._line.remove(following)
                self._note(person)
                turn.set()  # The turn passes on without becoming free, so nobody can push in.
            else:
                self._free += 1

    def _note(self, person: str) -> None:
        """Remember when this person was served."""
        self._calls += 1
        self._served[person] = self._calls
        self._served.move_to_end(person)
        if len(self._served) > _REMEMBERED:
            self._served.popitem(last=False)
