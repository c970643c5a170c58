"""What a message does, once its spans are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.acts import Intent, Operator, Slot
from assistant.questions import questions
from assistant.state import DialogueState
from assistant.understanding import intents
from assistant.understanding.numbers import counts, runtimes, years
from assistant.understanding.people import Person
from assistant.understanding.polarity import Polarity
from assistant.understanding.references import Reference
from assistant.understanding.stances import Stance
from assistant.understanding.themes import themes
from assistant.understanding.vocabulary import Word
from retrieval.titles import Mention


@dataclass
class Draft:
    """A message on its way to a reading."""

    message: str
    state: DialogueState
    titles: list[tuple[Mention, Stance]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    pointed: list[tuple[Reference, Stance]] = field(default_factory=list)
    masked: str = ""
    slots: list[Slot] = field(default_factory=list)

    @cached_property
    def polarity(self) -> Polarity:
        """The colours of the message, once its titles are masked."""
        return Polarity(self.masked)

    def ids(self) -> list[str]:
        """The shown items that the message points at, in the order it does."""
        return [item_id for reference, _ in self.pointed for item_id in reference.ids]


def decide(draft: Draft, early: Intent | None) -> tuple[Intent, bool]:
    """The intent, and whether the wording settles it."""
    masked, state = draft.masked, draft.state
    started = bool(state.shown or state.previous)
    operators = [stance.operator for _, stance in draft.titles]
    values = bool(draft.words or draft.people or years(masked, 2000) or runtimes(masked) or counts(masked))
    if early is Intent.ASK_WHY:
        return (Intent.ASK_WHY, True) if state.last_shown else (Intent.CHAT, False)
    if not state.last_shown and len(draft.titles) > 1 and intents.compares(masked):
        return Intent.COMPARE, True
    if state.last_shown and intents.asks_comparison(masked) and (len(draft.ids()) != 1 or "common" in masked):
        if not draft.pointed:
            draft.pointed.append((Reference(0, 0, state.last_shown), Stance(None)))
        return Intent.COMPARE, True
    if (
        (draft.pointed or draft.titles or state.last_shown)
        and intents.asks_item(masked)
        and not (draft.titles and intents.more_like(masked))
        and not intents.says_seen(masked)
    ):
        return Intent.ASK_ITEM, True
    if (draft.pointed or state.last_shown) and _asks_about_cards(masked):
        return Intent.ASK_ITEM, True
    requested = intents.requests(masked)
    if draft.titles or draft.pointed:
        if intents.more_like(masked):
            named = bool(draft.titles) and started and not any(not r.weak for r, _ in draft.pointed)
            liked = intents.praises_first(masked)
            return (Intent.LIKE if liked and not requested else Intent.REFINE if named else Intent.MORE_LIKE), True
        if intent := _stated(draft, operators, requested=requested, values=values):
            return intent, True
    if not draft.words and (felt := intents.felt(masked)):
        return felt, True
    if intents.says_seen(masked) and re.search(r"(?i)\b(?:it|that|those|them|these|that one)\b", masked):
        return Intent.SEEN, True
    if state.last_shown and intents.rejects(masked) and not draft.titles:
        return Intent.REJECT, not draft.words
    if draft.words and not requested and not started and intents.only_hates(masked):
        return Intent.DISLIKE, True
    if requested or values or draft.titles or themes(masked):
        return (Intent.REFINE if started else Intent.RECOMMEND), requested
    if intents.critiqued(masked) and started:
        return Intent.REFINE, True
    return Intent.CHAT, intents.greets(masked)


def _asks_about_cards(masked: str) -> bool:
    """Whether a question, and no wish, is about something that a record may tell: "how much money did it make?"."""
    if not re.search(r"[?？]", masked) or intents.requests(masked) or intents.critiqued(masked):
        return False
    return questions().topic(masked) is not None


def _stated(draft: Draft, operators: list[Operator | None], *, requested: bool, values: bool) -> Intent | None:
    """The intent of a message that says what it thinks of titles or shown items, and asks for nothing else."""
    about = [stance.operator for reference, stance in draft.pointed if not reference.weak or stance.operator]
    said = [operator for operator in (*about, *operators) if operator]
    if not said or (requested and (values or not about)):
        return None
    if values and not about and intents.names_what(draft.masked):
        return None
    for operator, intent in (
        ("=", Intent.LIKE),
        ("not", Intent.DISLIKE),
        ("seen", Intent.SEEN),
        ("except", Intent.REJECT),
    ):
        if operator in said:
            return intent
    return None


def spans_of(*groups: Sequence[Mention | Person | Word | Reference]) -> list[tuple[int, int]]:
    """Start and end of everything in these groups."""
    return [(span.start, span.end) for group in groups for span in group]


def inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of these."""
    return any(start < high and low < end for low, high in spans)
