"""The vocabulary of a conversation: what a message, or a click, does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Intent(StrEnum):
    """The dialogue acts of a person."""

    RECOMMEND = "recommend"
    REFINE = "refine"
    REJECT = "reject"
    SEEN = "seen"
    LIKE = "like"
    DISLIKE = "dislike"
    MORE_LIKE = "more-like"
    ASK_ITEM = "ask-item"
    ASK_WHY = "ask-why"
    COMPARE = "compare"
    UNDO = "undo"
    START_OVER = "start-over"
    CHAT = "chat"


SlotName = Literal[
    "title", "genre", "person", "year", "runtime", "language", "country", "popularity", "wish", "count", "rating"
]

Operator = Literal["=", "not", ">=", "<=", "relative", "forget"]
"""`=` wants the value, `not` refuses it, `>=` and `<=` bound it, `relative` compares with what is shown
("older", "shorter"), `forget` takes an earlier wish back ("forget the year", "horror is fine after all")."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value, with the words of the message that support it.

    For `title`, `value` is the catalog title (as typed where the catalog has none) and `item_id` the catalog's id.
    `role` narrows a person ("director", "actor", "studio"). `guessed` marks what was inferred and not said.
    """

    name: SlotName
    operator: Operator
    value: str
    span: str = ""
    item_id: str | None = None
    role: str | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class DialogueAct:
    """What one message or click does. `refers_to` holds ids of shown items that the message points at.

    `doubtful` holds, per title in doubt, the words as typed and the ids of the catalog items they may mean.
    `language` is the language of the message ("en", "zh"); `text` the message itself, for questions about items.
    """

    intent: Intent
    slots: tuple[Slot, ...] = ()
    refers_to: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = "en"
    text: str = ""

    def values(self, name: SlotName, operator: Operator = "=") -> tuple[str, ...]:
        """Values of the slots with this name and operator, in the order they were said."""
        return tuple(slot.value for slot in self.slots if slot.name == name and slot.operator == operator)
