"""What the page keeps of a conversation, and what it needs from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.acts import DialogueAct
from assistant.events import Event, Problem, Usage
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.catalog import Catalog


class Conversationalist(Protocol):
    """The part of the assistant that the page uses. Both methods yield events and end with `Done`."""

    catalog: Catalog

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """One message, with the language model."""
        ...

    def act(self, state: DialogueState, act: DialogueAct) -> Iterator[Event]:
        """One click, without the language model."""
        ...

    def engine_status(self) -> tuple[str, str, str]:
        """Kind of engine, name of the model, and its state ("ready", "starting", …)."""
        ...


@dataclass(frozen=True, slots=True)
class Critique:
    """One step from what is shown ("older"): the act it makes, its bound in words, and how many items are left."""

    name: str
    act: DialogueAct
    bound: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange on the page: what was said or clicked, and what came back so far.

    `typed` tells a message, which can be edited and sent again, from a click. `before` and `after` are the states
    around the turn. `notes` say what later clicks changed in its cards. `stage` is "reading", "ranking", "writing",
    "done" or "stopped".
    """

    id: str
    said: str
    typed: bool
    before: DialogueState
    after: DialogueState
    stage: str = "reading"
    echo: str = ""
    ranking: Ranking | None = None
    reasons: tuple[str, ...] = ()
    text: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    critiques: tuple[Critique, ...] = ()
    usage: Usage = field(default_factory=Usage)
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """A conversation as it is kept: its turns in order, and whose it is. `id` and `person` are random names."""

    id: str
    person: str
    turns: tuple[Turn, ...]
    state: DialogueState

    @property
    def title(self) -> str:
        """The first thing that was said."""
        return next((turn.said for turn in self.turns if turn.said), "")


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the history."""

    id: str
    title: str
    turns: int


@dataclass(frozen=True, slots=True)
class Taste:
    """Long-term taste: whether the person wants new conversations to begin with it, and its lines as (id, kind, item).

    A kind is "like", "dislike" or "seen".
    """

    on: bool = False
    lines: tuple[tuple[str, str, str], ...] = ()


class History(Protocol):
    """Where conversations are kept between visits. Nobody sees another person's conversations."""

    def save(self, conversation: Saved, over: tuple[Turn, ...]) -> bool:
        """Keep this conversation in place of the version with the turns `over`.

        False, and nothing is kept, when there is another version by now.
        """
        ...

    def summaries(self, person: str) -> tuple[Summary, ...]:
        """The person's conversations, newest first."""
        ...

    def load(self, person: str, conversation_id: str) -> Saved | None:
        """The conversation, or None when this person has none with that id."""
        ...

    def forget(self, person: str) -> int:
        """Delete everything of this person; tells how many conversations that was."""
        ...

    def export(self, person: str) -> Mapping[str, Any]:
        """Everything that is kept of this person, ready for JSON."""
        ...

    def taste(self, person: str) -> Taste | None:
        """The person's long-term taste; None where none can be kept."""
        ...

    def keep_taste(self, person: str, *, on: bool) -> None:
        """Turn long-term taste on or off; off removes what was kept."""
        ...

    def drop_taste(self, person: str, line: str) -> None:
        """Remove one line of it."""
        ...

    def beginning(self, person: str) -> DialogueState:
        """What a new conversation of this person begins with."""
        ...
