"""Places at work, given fairly: one person with many turns does not keep others waiting."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.http.problems import ApiProblem

_SOON = {"Retry-After": "2"}


class Places:
    """`at_once` places, and room for `waiting` more who want one. For one event loop.

    Of those who wait, the one goes next who has the fewest turns at work, and among equals who came first. One person
    has at most a quarter of the places, and half of the room: whoever sends a hundred turns at once is served, but not
    before others.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._room = at_once, at_once + waiting
        self._each = max(at_once // 4, 1)
        self._there: Counter[str] = Counter()
        self._working: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Event]] = []

    def admit(self, person: str) -> None:
        """Raise ApiProblem 503 when there is no room for another turn, or for another of this person."""
        if self._there.total() >= self._room:
            raise ApiProblem(503, "Too many people are talking just now. Try again in a moment.", _SOON)
        if self._there[person] >= max(self._room // 2, 1):
            raise ApiProblem(503, "Too many turns of yours are waiting. Try again in a moment.", _SOON)

    @asynccontextmanager
    async def hold(self, person: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        mine = person, asyncio.Event()
        self._there[person] += 1
        self._waiting.append(mine)
        try:
            self._call()
            await mine[1].wait()
            yield
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
            else:
                _less(self._working, person)
            _less(self._there, person)
            self._call()

    def _call(self) -> None:
        """Give the free places to those whose turn it is."""
        while self._working.total() < self._at_once:
            allowed = [one for one in self._waiting if self._working[one[0]] < self._each]
            if not allowed:
                return
            person, ready = following = min(allowed, key=lambda one: self._working[one[0]])
            self._waiting.remove(following)
            self._working[person] += 1
            ready.set()


def _less(counts: Counter[str], person: str) -> None:
    """One less; nobody is kept with nothing."""
    counts[person] -= 1
    if not counts[person]:
        del counts[person]
