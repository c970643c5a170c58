"""What words mean because of the title, the person or the genre that they stand beside."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.acts import Operator, Slot
from assistant.understanding.deciding import Draft
from assistant.understanding.stances import SAME_MAKER
from assistant.understanding.vocabulary import Word

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_THAN = re.compile(
    r"\b(newer|older|more recent|earlier|later|after|before)(?:\s+than)?\s+(?:the\s+)?[\"“'《]?$", re.IGNORECASE
)
_HAS_A_TITLE = re.compile(r"□[^□]{0,12}\b(?:was|were|is|isn['’]?t|wasn['’]?t|=)\b[^□]{0,30}$")
_IS_ONE = re.compile(r"□[^□,]{0,12}\b(?:was|is)\b[^□,]{0,20}?\b(?:a|an|the|one of|my|our)\s[^□,]{0,30}$", re.IGNORECASE)
_MORE_OF_THE_SAME = re.compile(r"\s*(?:[\w\-]+\s+(?:and|but|yet)\s+|and\s+|so\s+|very\s+|really\s+)*", re.IGNORECASE)
"""What stands between adjectives: "was terrific, clever and funny"."""
_SUCH = re.compile(r"\s+(?:nonsense|rubbish|garbage|trash|drivel|gold|perfection|mess|genius)\b", re.IGNORECASE)
"""Nouns of opinion: "historical nonsense" is about no genre."""
_TOO = re.compile(r"(?:\b(?:far|way|much|was|were|just|is|are)|['’]s)\s+too\s+(?:\w+\s+and\s+)?$", re.IGNORECASE)
_NONE = re.compile(r"\b(?:nothing|no|not|anything|isn['’]?t|don['’]?t)\b[^.!?;,]*$", re.IGNORECASE)
_VERDICT = re.compile(
    r"(□[^□.!?;,]{0,12})(\b(?:was|were|felt|is|isn['’]?t|wasn['’]?t)\b[^□.!?;,]{0,20}?\b(?:too|not so|not that|not as)\s+\w+)",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\b(?:watch|see|watched|saw|seen|do|go|put on)\s+(?:right |just |next )?$", re.IGNORECASE)
"""What to watch after a film is a matter of order, not of its year."""
_SOMEBODY = re.compile(r"\s+(?:guy|man|woman|actor|actress|dude|lady)\b", re.IGNORECASE)


def from_named(draft: Draft, catalog: Catalog) -> list[Slot]:
    """Bounds and people that a named item stands for: "newer than Heat", "the same director as the second one"."""
    named = [(title.start, catalog.get(title.link.item_id or ""), title.link.year) for title, _ in draft.titles]
    named += [(one.start, catalog.get(one.ids[0]), None) for one, _ in draft.pointed if len(one.ids) == 1]
    bounded = any(slot.name == "year" and slot.operator != "relative" for slot in draft.slots)
    slots: list[Slot] = []
    for start, item, known_year in named:
        before = draft.masked[:start]
        year = item.year if item else known_year
        than = _THAN.search(before)
        if year is not None and not bounded and than and not _NEXT.search(before[: than.start()]):
            older = than[1].casefold() in ("older", "earlier", "before")
            operator: Operator = "<=" if older else ">="
            slots.append(Slot("year", operator, str(year - 1 if older else year + 1), than[0].strip()))
        if item and (same := SAME_MAKER.search(before)):
            role = "actor" if (same[1] or "").casefold().startswith(("act", "cast", "star", "lead")) else "director"
            slots += [Slot("person", "=", name, same[0].strip(), role=role) for name in item.credited(role)[:3]]
    return slots


def describes(masked: str, word: Word) -> bool:
    """Whether a mood tells what a named title was like, or a person is, and so is no wish: "Up was hilarious"."""
    if word.entry.section == "genre" and _SUCH.match(masked[word.end :]):
        return True
    before = masked[: word.start]
    if word.entry.section == "wish" and (too := _TOO.search(before)) and not _NONE.search(before[: too.start()]):
        return True
    if word.entry.section == "genre":
        return bool(_IS_ONE.search(re.split(r"[.!?;]", masked[: word.start])[-1]))
    if word.entry.section != "wish":
        return False
    before = re.split(r"[.!?;]", masked[: word.start])[-1]
    head, _, last = before.rpartition(",")
    if head and not _MORE_OF_THE_SAME.fullmatch(last):  # "Heat was great, something funny please"
        before = last
    return bool(_HAS_A_TITLE.search(before) or _SOMEBODY.match(masked[word.end :]))


def without_verdicts(masked: str) -> str:
    """The message without what it says that named titles were like: "X was way too long" asks for nothing shorter."""
    return _VERDICT.sub(lambda match: match[1] + " " * len(match[2]), masked)


def keep_wanted(slots: list[Slot]) -> list[Slot]:
    """What a message asks for in a word of its own is not refused with a compound: "a comedy, but no romcom".

    What is refused first and asked for later is wanted: "I avoid cartoons, but is there an animated film …".
    """
    spans: dict[str, int] = {}
    for slot in slots:
        if slot.name == "genre":
            spans[slot.span] = spans.get(slot.span, 0) + 1
    wanted = {
        slot.value: (place, slot.span)
        for place, slot in enumerate(slots)
        if slot.name == "genre" and slot.operator == "=" and not slot.guessed
    }
    return [
        slot
        for place, slot in enumerate(slots)
        if slot.name != "genre"
        or slot.operator != "not"
        or slot.value not in wanted
        or (spans[slot.span] == 1 and wanted[slot.value][0] < place)
    ]
