"""People who talk and click without pause while things break."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from assistant.memory import Memory

_PATIENCE = 120.0
"""Seconds in which the service has to be back by itself."""


@dataclass
class Client:
    """One person, who notes what was acknowledged; `last_whole` is when the latest turn began that was answered with
    nothing missing, `failures` when a request began and ended that got no answer, or one that the server failed.

    What was not acknowledged is sent again with the same id, as a careful client does. A new conversation begins after
    `talk_turns` turns, when that is set. `messages` are said in turn; where there are none, each is a new wish.
    `worker` is the header that says which worker answered; `pause` is the longest time in seconds between two turns.
    """

    user: str
    address: str
    stop: threading.Event
    messages: Sequence[str] = ()
    talk_turns: int | None = None
    worker: str = ""
    pause: float = 0.0
    turns: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    workers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[tuple[float, float]] = field(default_factory=list)
    without_model: int = 0
    last_whole: float = 0.0

    def run(self) -> None:
        """Talk and click until `stop`."""
        numbers = itertools.count()
        with httpx.Client(base_url=self.address, timeout=30, trust_env=False) as client:
            while not self.stop.is_set():
                self._converse(client, numbers)

    def _converse(self, client: httpx.Client, numbers: itertools.count[int]) -> None:
        talk = self._until_done(lambda: self._say(client, None, uuid.uuid4().hex, "something good"))
        said = itertools.count() if self.talk_turns is None else range(1, self.talk_turns)
        for _ in said:
            if self.stop.is_set() or talk is None:
                return
            self.stop.wait(random.uniform(0, self.pause))
            number = next(numbers)
            turn_id, given = f"t{number}", f"f{number}"
            message = self.messages[number % len(self.messages)] if self.messages else f"wish {turn_id}"
            if self._until_done(partial(self._say, client, talk, turn_id, message)):
                self.turns[turn_id] = talk
            if number % 2 and self.shown[talk] and self._until_done(partial(self._like, client, talk, given)):
                self.feedback[given] = talk

    def _until_done(self, send: Callable[[], str | None]) -> str | None:
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                if answer := send():
                    return answer
            except httpx.HTTPError:
                self.failures.append((began, time.monotonic()))
            time.sleep(0.02)
        return None

    def _say(self, client: httpx.Client, talk: str | None, turn_id: str, message: str) -> str | None:
        body = {"message": message, "user": self.user, "turn_id": turn_id}
        began = time.monotonic()
        answer = client.post("/api/chat", json=body | ({"conversation_id": talk} if talk else {}))
        self._note(answer, began)
        events = _events(answer.text)
        done = events.get("done", {})
        if not done.get("stored"):
            return None
        talk = str(done["conversation_id"])
        self.workers[talk][answer.headers.get(self.worker, "").rpartition(", ")[2]] += 1
        self.shown[talk] += [card["id"] for card in events.get("cards", {}).get("items", ())]
        if "problem" in events:
            self.without_model += 1
        elif '"repeated"' not in answer.text:
            self.last_whole = began
        return talk

    def _like(self, client: httpx.Client, talk: str, given: str) -> str | None:
        about = {"item_id": self.shown[talk][-1], "conversation_id": talk, "user": self.user}
        began = time.monotonic()
        answer = client.post("/api/feedback", json={"id": given, "kind": "like", **about})
        self._note(answer, began)
        return given if answer.status_code in (200, 201) else None

    def _note(self, answer: httpx.Response, began: float) -> None:
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.failures.append((began, time.monotonic()))


def _events(text: str) -> dict[str, Any]:
    """The events of a turn by name; of several with one name the last."""
    frames = [frame.split("\n", 1) for frame in text.split("\n\n") if frame.startswith("event: ")]
    return {name.removeprefix("event: "): json.loads(data.removeprefix("data: ")) for name, data in frames}


def back(people: Sequence[Client], since: float) -> bool:
    """Wait until somebody's whole turn, begun after this moment, was acknowledged with the language model in it."""
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        if any(person.last_whole > since for person in people):
            return True
        time.sleep(0.01)
    return False


def lost_and_doubled(memory: Memory, people: Sequence[Client]) -> tuple[int, int]:
    """Of what was acknowledged, how much is not there, and how much is there twice."""
    lost = doubled = 0
    for person in people:
        kept = Counter(given.id for given in memory.learning.feedback(person.user))
        lost += sum(kept[given] == 0 for given in person.feedback)
        doubled += sum(count > 1 for count in kept.values())
        for talk in set(person.turns.values()):
            turns = memory.conversations.turns(person.user, talk, limit=1_000_000)
            ids = Counter(turn.id for turn in turns)
            lost += sum(ids[turn_id] == 0 for turn_id, where in person.turns.items() if where == talk)
            lost += sum(ids[f"feedback:{given}"] == 0 for given, where in person.feedback.items() if where == talk)
            doubled += sum(count > 1 for count in ids.values())
            lost += [turn.number for turn in turns] != list(range(1, len(turns) + 1))
    return lost, doubled
