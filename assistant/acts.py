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

Operator = Literal["=", "not", ">=", "<=", "relative", "forget", "seen", "except", "again", "prefer"]
"""`=` wants the value, `not` refuses it, `>=` and `<=` bound it (inclusive), `relative` compares with what is shown
("older", "shorter"), `forget` takes an earlier wish back ("forget the year", "horror is fine after all"; an empty
value takes back everything said under that name), `seen` marks a title as watched, `except` leaves one out without
disliking it, `again` lets a title come back that was shown, seen or rejected, and `prefer` is a person the human
likes without asking for them: a score, never a filter."""


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
    """What one message or click does. `refers_to` holds ids of items that the message points at.

    These are shown items ("the second one") and, in a question, the items it names. The intent says what happens to
    them: like, dislike, reject and seen act on all of them, except those that a title slot names with an operator of
    its own. A relative slot is for the echo: the bound that it means comes as a guessed slot beside it.

    `alike` holds the ids of the items of which more is asked for: "something like X", "more like the first".

    `doubtful` holds, per title in doubt, the words as typed and the ids of the catalog items they may mean; the title
    slot with the same words as its value says what was said about it.
    `language` is the language of the message ("en", "zh"); `text` the message itself, for questions about items.
    """

    intent: Intent
    slots: tuple[Slot, ...] = ()
    refers_to: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = "en"
    text: str = ""
    alike: tuple[str, ...] = ()

    def values(self, name: SlotName, operator: Operator = "=") -> tuple[str, ...]:
        """Values of the slots with this name and operator, in the order they were said."""
        return tuple(slot.value for slot in self.slots if slot.name == name and slot.operator == operator)
