"""First come, first served, never more than allowed, and a clear answer when it is full."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.engines.queue import CallQueue, on_behalf_of
from assistant.engines.types import EngineBusy


def wait_for(queue: CallQueue, waiting: int) -> None:
    deadline = time.monotonic() + 5
    while queue.waiting != waiting:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_never_more_than_allowed_and_all_get_their_turn() -> None:
    queue, lock = CallQueue(running=3, waiting=100), threading.Lock()
    now = most = done = 0

    def call(_: int) -> None:
        nonlocal now, most, done
        with queue.turn(10):
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.002)
            with lock:
                now -= 1
                done += 1

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(call, range(100)))
    assert (most, done, queue.waiting) == (3, 100, 0)


def test_first_come_first_served() -> None:
    queue, order = CallQueue(running=1, waiting=10), []

    def call(number: int) -> None:
        with queue.turn(10):
            order.append(number)

    with queue.turn(1):
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=call, args=(number,)))
            threads[-1].start()
            wait_for(queue, number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_people_are_served_in_turn_however_many_calls_one_of_them_has() -> None:
    queue, order = CallQueue(running=1, waiting=10), []

    def call(name: str) -> None:
        on_behalf_of.set(name[0])
        with queue.turn(10):
            order.append(name)

    with queue.turn(1):
        threads = []
        for number, name in enumerate(("a1", "a2", "a3", "b1", "a4", "c1", "b2")):
            threads.append(threading.Thread(target=call, args=(name,)))
            threads[-1].start()
            wait_for(queue, number + 1)
    for thread in threads:
        thread.join()
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


def test_full_is_busy_at_once() -> None:
    queue = CallQueue(running=1, waiting=0)
    with queue.turn(1):
        began = time.monotonic()
        with pytest.raises(EngineBusy, match="try again"), queue.turn(10):
            pass
        assert time.monotonic() - began < 0.5
    with queue.turn(0):
        pass


def test_waiting_too_long_is_busy_and_leaves_the_line() -> None:
    queue = CallQueue(running=1, waiting=5)
    with queue.turn(1):
        with pytest.raises(EngineBusy), queue.turn(0.05):
            pass
        assert queue.waiting == 0
    with queue.turn(0) as waited:
        assert waited == 0


def test_a_failed_call_gives_its_turn_back() -> None:
    queue = CallQueue(running=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), queue.turn(1):
            raise ZeroDivisionError


@pytest.mark.parametrize(("running", "waiting"), [(0, 1), (1, -1)])
def test_it_must_let_something_through(running: int, waiting: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        CallQueue(running, waiting)
