"""One turn at the door: where it starts from, its events, and storing it before its end is told."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assistant.acts import DialogueAct
from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Usage, Word
from assistant.http.metrics import EngineStatus, Metrics
from assistant.http.wire import Card, Door, Step, cards, steps
from assistant.memory import Memory, MemoryProblem, NewTurn, Turn
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.catalog import Catalog
from retrieval.types import Query

log = logging.getLogger(__name__)

Prefix = Callable[[Done], str]
"""The hash by which a client's next request will find this turn, once its end is known."""


class Conversationalist(Protocol):
    """What the doors need of the assistant."""

    catalog: Catalog

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """The events of a message."""
        ...

    def act(self, state: DialogueState, act: DialogueAct) -> Iterator[Event]:
        """The events of a click."""
        ...

    def rank(self, query: Query) -> Ranking:
        """The ranking for a query, without the language model."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which conversation a turn begins."""

    user_id: str
    conversation_id: str
    number: int
    state: DialogueState


@dataclass(frozen=True, slots=True)
class Stored:
    """The turn is durable; `turn` is None when it could not be stored, and a `Problem` has said why."""

    turn: Turn | None
    done: Done


@dataclass
class _Said:
    """What a turn has brought so far."""

    act: DialogueAct | None = None
    state: DialogueState | None = None
    cards: list[Card] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def degraded(self) -> bool:
        """Whether the language model had no part in it."""
        return not {"no-engine", "busy"}.isdisjoint(self.problems)

    def note(self, event: Event) -> None:
        match event:
            case Understood():
                self.act, self.state = event.act, event.state
            case Cards():
                self.cards = cards(event.ranking, event.reasons)
                self.trace = steps(event.ranking)
            case Word() | Answer() | Question():
                self.words.append(event.text)
            case Problem():
                self.problems.append(event.kind)
            case _:
                pass


class Talk:
    """Runs turns for every door of the server."""

    def __init__(
        self,
        assistant: Conversationalist,
        memory: Memory,
        metrics: Metrics,
        engine_status: EngineStatus,
        prompt_versions: Mapping[str, int],
    ) -> None:
        self.assistant, self.memory = assistant, memory
        self._metrics, self._engine_status, self._prompts = metrics, engine_status, prompt_versions

    def place(self, user_id: str, conversation_id: str | None) -> Place:
        """The end of this conversation, or of a new one."""
        if conversation_id is None:
            conversation_id = self.memory.conversations.start(user_id).id
        state, number = self.memory.conversations.state(user_id, conversation_id)
        return Place(user_id, conversation_id, number, state)

    def turn(
        self,
        place: Place,
        said: str | DialogueAct,
        door: Door,
        turn_id: str | None = None,
        prefix: Prefix | None = None,
    ) -> Generator[Event | Stored, None, None]:
        """The events of a message or a click, `Stored` in place of `Done`.

        When nobody listens any more, the engine is stopped and what was shown is stored, so that it does not come back.
        """
        assistant = self.assistant
        events = assistant.reply(place.state, said) if isinstance(said, str) else assistant.act(place.state, said)
        so_far = _Said()
        turn_id = turn_id or uuid.uuid4().hex
        done: Done | None = None
        outcome = "failed"
        text = said if isinstance(said, str) else ""
        with self._metrics.working.track_inprogress():
            try:
                for event in events:
                    if isinstance(event, Done):
                        done = event
                        break
                    so_far.note(event)
                    yield event
                    if isinstance(event, Problem):
                        self._metrics.problems.labels(event.kind).inc()
            except GeneratorExit:
                outcome = "stopped"
                self._store_stopped(place, text, turn_id, so_far, prefix)
                raise
            except Exception:
                log.exception("a turn failed")
                yield Problem("internal", "Something went wrong here. Nothing is lost; please send it again.")
            finally:
                close = getattr(events, "close", None)
                if close is not None:
                    close()
                if done is None:
                    self._count(door, outcome, so_far, None)
            if done is None:
                yield Stored(None, Done(place.state, ""))
                return
            try:
                stored = self._store(place, text, turn_id, so_far, done, prefix)
            except MemoryProblem as problem:
                self._count(door, "failed", so_far, done)
                yield Problem("internal", str(problem))
                yield Stored(None, done)
                return
            self._count(door, "stored", so_far, done)
            yield Stored(stored, done)

    def _count(self, door: Door, outcome: str, said: _Said, done: Done | None) -> None:
        usage, timings = (done.usage, done.timings_ms) if done else (Usage(), {})
        self._metrics.turn(door, outcome, usage, timings, said.degraded)

    def _store_stopped(self, place: Place, text: str, turn_id: str, said: _Said, prefix: Prefix | None) -> None:
        if said.state is None:
            return
        after = said.state.showed([card["id"] for card in said.cards])
        try:
            self._store(place, text, turn_id, said, Done(after, "".join(said.words)), prefix, stopped=True)
        except MemoryProblem as problem:
            log.warning("a stopped turn was not stored: %s", problem)

    def _store(
        self,
        place: Place,
        text: str,
        turn_id: str,
        said: _Said,
        done: Done,
        prefix: Prefix | None,
        *,
        stopped: bool = False,
    ) -> Turn:
        kind, model, _ = self._engine_status()
        usage = done.usage
        reasons = dict(enumerate(done.reasons))
        shown = tuple({**card, "reason": reasons.get(n, card["reason"])} for n, card in enumerate(said.cards))
        details = {
            "prompts": dict(self._prompts),
            "engine": {"kind": kind, "model": model},
            "usage": {
                "calls": usage.calls,
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
            },
            "timings_ms": {step: round(value, 1) for step, value in done.timings_ms.items()},
            "trace": said.trace,
            "problems": said.problems,
            "stopped": stopped,
        }
        new = NewTurn(
            turn_id,
            text,
            done.reply,
            said.act,
            done.state,
            shown,
            details,
            prefix(done) if prefix else None,
            said.degraded,
            "message" if text else "click",
        )
        return self.memory.conversations.append(place.user_id, place.conversation_id, new, place.number)
