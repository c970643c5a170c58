"""The one stream that every door reads: what `Assistant.reply` yields, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.acts import DialogueAct
from assistant.state import DialogueState
from ranking.types import Ranking


@dataclass(frozen=True, slots=True)
class Usage:
    """LLM calls and tokens of one turn."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class Understood:
    """The message was read. `echo` says in one line what was understood, so that a mistake is seen at once."""

    act: DialogueAct
    state: DialogueState
    echo: str


@dataclass(frozen=True, slots=True)
class Cards:
    """The ranking, before the first word of prose. `reasons` holds one template line per item, from its evidence."""

    ranking: Ranking
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """The next piece of the reply's text. Only text that passed the groundedness check is sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question back: a title in doubt, or a vague request. `options` are answers to click, possibly none."""

    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer about items, from their records and the ranking trace only."""

    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong or is degraded; the turn goes on. `text` is for people, `kind` for programs."""

    kind: Literal["no-engine", "engine-lost", "busy", "input", "internal"]
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a turn: the state after it, the whole text, the reason per item, and what it cost."""

    state: DialogueState
    reply: str
    reasons: tuple[str, ...] = ()
    usage: Usage = Usage()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


Event = Understood | Cards | Word | Question | Answer | Problem | Done
