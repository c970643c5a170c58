"""What memory gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.acts import DialogueAct
from assistant.state import DialogueState

FeedbackKind = Literal["like", "dislike", "seen", "rating", "why"]
TurnKind = Literal["message", "click"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of one person. `turns` counts messages and clicks; times are seconds since 1970, UTC."""

    id: str
    user_id: str
    title: str
    turns: int
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One message or click, with the state after it. `cards` are the records that were shown.

    `details` holds the prompt versions, the engine, tokens, timings in milliseconds and the ranking trace.
    """

    id: str
    conversation_id: str
    number: int
    kind: TurnKind
    utterance: str
    reply: str
    act: DialogueAct | None
    state: DialogueState
    cards: tuple[Mapping[str, Any], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    degraded: bool = False
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an item. `id` is given by the client: the same id sent twice counts once.

    `rating` is 0.5 to 5, and only for the kind "rating"; `why` is the person's own words.
    """

    id: str
    kind: FeedbackKind
    item_id: str
    conversation_id: str | None = None
    turn_id: str | None = None
    rating: float | None = None
    why: str = ""
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class TasteLine:
    """One line of long-term taste, and where it came from ("feedback", "conversation")."""

    id: str
    kind: Literal["like", "dislike", "seen"]
    item_id: str
    source: str
    created_at: float
