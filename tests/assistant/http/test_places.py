"""Fair places: who goes next, and what one person can take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.engines import on_behalf_of
from assistant.events import Event
from assistant.http import create_app
from assistant.http.bench import EchoAssistant
from assistant.http.places import Places
from assistant.http.problems import ApiProblem
from assistant.memory import Memory
from assistant.state import DialogueState
from tests.assistant.http.conftest import HOME


class Room:
    """Turns that hold their place until they are told to go."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.began: list[str] = []
        self._go: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *turns: str) -> None:
        """Turns named by person and number, "a1"."""
        for turn in turns:
            self._go[turn] = asyncio.Event()
            self._tasks[turn] = asyncio.create_task(self._work(turn))
            await asyncio.sleep(0)
        await self._settle()

    async def _work(self, turn: str) -> None:
        async with self.places.hold(turn[0]):
            self.began.append(turn)
            await self._go[turn].wait()

    async def end(self, turn: str) -> None:
        self._go[turn].set()
        await self._settle()

    async def leave(self, turn: str) -> None:
        self._tasks[turn].cancel()
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def in_a_room(at_once: int, waiting: int, story: Callable[[Room], Coroutine[Any, Any, None]]) -> Places:
    async def run() -> Places:
        room = Room(Places(at_once, waiting))
        await story(room)
        await room.close()
        return room.places

    return asyncio.run(run())


def test_a_person_with_many_turns_does_not_keep_others_waiting() -> None:
    async def story(room: Room) -> None:
        await room.come(*(f"a{n}" for n in range(20)))
        assert room.began == ["a0", "a1"]
        await room.come("b0", "c0")
        assert room.began == ["a0", "a1", "b0", "c0"]

    in_a_room(8, 100, story)


def test_who_has_the_fewest_at_work_goes_first_and_then_who_came_first() -> None:
    async def story(room: Room) -> None:
        await room.come("a0", "a1", "b0", "c0", "d0", "e0", "f0", "g0")
        assert len(room.began) == 8
        await room.come("b1", "h0", "i0")
        await room.end("a0")
        await room.end("a1")
        await room.end("c0")
        assert room.began[8:] == ["h0", "i0", "b1"]

    in_a_room(8, 100, story)


def test_who_leaves_the_line_makes_room() -> None:
    async def story(room: Room) -> None:
        await room.come("a0", "b0", "c0")
        await room.leave("b0")
        await room.leave("a0")
        assert room.began == ["a0", "c0"]

    places = in_a_room(1, 10, story)
    assert not places._waiting
    assert not places._there + places._working


def test_a_full_room_and_a_person_who_fills_half_of_it_are_told_so() -> None:
    async def story(room: Room) -> None:
        for turn in ("a0", "a1"):
            room.places.admit("a")
            await room.come(turn)
        with pytest.raises(ApiProblem, match="of yours"):
            room.places.admit("a")
        room.places.admit("b")
        await room.come("b0", "c0")
        with pytest.raises(ApiProblem, match="Too many people"):
            room.places.admit("d")

    in_a_room(1, 3, story)


class Noting(EchoAssistant):
    """Notes on whose behalf the language model would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[str] = []

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        self.people.append(on_behalf_of.get())
        yield from super().reply(state, utterance)


def test_the_engine_knows_for_whom_a_turn_works(memory: Memory) -> None:
    assistant = Noting()
    with TestClient(create_app(assistant, memory), base_url=HOME) as client:
        client.post("/api/chat", json={"message": "x", "user": "ann"})
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}], "user": "bob"})
        client.post("/api/chat", json={"message": "x"})
    assert assistant.people == ["ann", "bob", "local"]
    assert on_behalf_of.get() == ""
