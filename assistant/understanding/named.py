"""What words mean because of the title, the person or the genre that they stand beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.acts import Operator, Slot
from assistant.understanding.deciding import Draft
from assistant.understanding.stances import SAME_MAKER
from retrieval.caseless import Caseless

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_THAN = Caseless(r"\b(newer|older|more recent|earlier|later|after|before)(?:\s+than)?\s+(?:the\s+)?[\"“'《]?$")
_NEXT = Caseless(r"\b(?:watch|see|watched|saw|seen|do|go|put on)\s+(?:right |just |next )?$")
"""What to watch after a film is a matter of order, not of its year."""


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
