"""Writes that come at the same moment share one transaction: a file with one writer at a time syncs once for all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection

T = TypeVar("T")


class _Job(Generic[T]):
    """One function, and its value or what it raised."""

    def __init__(self, function: Callable[[Connection], T]) -> None:
        self.function = function
        self.done = False
        self._value: T | None = None
        self._error: BaseException | None = None

    def run(self, connection: Connection) -> None:
        """Run it within a transaction that others share."""
        self._value = self.function(connection)

    def settle(self, run: Callable[[Callable[[Connection], T]], T]) -> None:
        """Run it in a transaction of its own, once and for all."""
        try:
            self._value = run(self.function)
        except BaseException as error:  # the one who asked for it gets it, whoever runs it
            self._error = error
        self.done = True

    def result(self) -> T:
        """Its value; raises what it raised."""
        if self._error is not None:
            raise self._error
        return cast(T, self._value)


class Together:
    """Whoever comes while another writes waits, and the next to go takes along all who wait."""

    def __init__(self, run: Callable[[Callable[[Connection], Any]], Any]) -> None:
        """`run` runs a function in a transaction of its own, durable when it returns."""
        self._run = run
        self._writing = threading.Lock()
        self._guard = threading.Lock()
        self._waiting: list[_Job[Any]] = []

    def write(self, function: Callable[[Connection], T]) -> T:
        """The function's value, once its changes are durable. Its failure is its own and undoes no other's changes."""
        job = _Job(function)
        with self._guard:
            self._waiting.append(job)
        with self._writing:
            if not job.done:
                self._lead()
        return job.result()

    def _lead(self) -> None:
        with self._guard:
            jobs, self._waiting = self._waiting, []
        if len(jobs) > 1 and self._all_at_once(jobs):
            return
        for job in jobs:
            job.settle(self._run)

    def _all_at_once(self, jobs: list[_Job[Any]]) -> bool:
        """Whether all went through; else nothing is changed, and each has to find out alone what it can do."""

        def work(connection: Connection) -> None:
            for job in jobs:
                job.run(connection)

        try:
            self._run(work)
        except Exception:
            return False
        for job in jobs:
            job.done = True
        return True
