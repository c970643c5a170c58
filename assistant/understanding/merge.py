"""Put the model's reading beside the rules': it adds what they could not know, and never overrides what is certain."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent, Operator, Slot
from assistant.understanding.polarity import Polarity, mask
from assistant.understanding.rules import Reading, Rules
from assistant.understanding.schema import Parse
from assistant.understanding.spans import locate
from assistant.understanding.unread import GENERIC
from retrieval.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_THEME = 4
"""Words of a theme; a longer one is a sentence about something else."""

_FIXED = (Intent.UNDO, Intent.START_OVER, Intent.ASK_WHY, Intent.COMPARE, Intent.ASK_ITEM)


def merge(reading: Reading, parse: Parse, message: str, rules: Rules) -> DialogueAct:
    """The act of both readings. Every value that the model adds carries words of the message that no rule has read."""
    act = reading.act
    if act.intent in _FIXED:
        return act
    merger = _Merger(reading, reading.text or message, rules)
    titles = [*merger.titles(parse.like, "="), *merger.titles(parse.dislike, "not"), *merger.titles(parse.seen, "seen")]
    slots = [*merger.decided(parse), *titles]
    slots += [*merger.people(parse.people), *merger.genres(parse.genres, "="), *merger.genres(parse.no, "not")]
    slots += merger.wishes(parse.wishes)
    intent = act.intent if reading.sure else _intent(act, slots)
    return replace(act, intent=intent, slots=tuple(dict.fromkeys(slots)), doubtful=(*act.doubtful, *merger.doubtful))


def _intent(act: DialogueAct, slots: list[Slot]) -> Intent:
    """The rules' intent; small talk in which the model found something wanted is a request.

    Measured with the default weights, the model's own intent is right in 40 % of the gold messages, the rules' in 98 %.
    """
    return Intent.RECOMMEND if act.intent is Intent.CHAT and slots else act.intent


class _Merger:
    def __init__(self, reading: Reading, message: str, rules: Rules) -> None:
        self._reading, self._message, self._rules = reading, message, rules
        self._polarity = Polarity(reading.masked)
        self._taken = [(title.start, title.end) for title in reading.titles]
        self._taken += [span for slot in reading.act.slots if (span := locate(slot.span, message))]
        self.doubtful: list[tuple[str, tuple[str, ...]]] = []

    def _free(self, value: str) -> tuple[int, int] | None:
        """Words of the message that say this value and that nothing else has been read from."""
        span = locate(value, self._reading.masked)
        if span is None or any(span[0] < high and low < span[1] for low, high in self._taken):
            return None
        return span

    def decided(self, parse: Parse) -> list[Slot]:
        """The rules' slots; a title whose wording has no colour takes the model's."""
        refused = {fold(value) for value in parse.dislike or ()}
        slots = []
        for slot in self._reading.act.slots:
            if slot.name == "title" and slot.operator == "=" and fold(slot.span) in refused:
                spans = [title for title in self._reading.titles if title.text == slot.span]
                if spans and self._polarity.at(spans[0].start, spans[0].end) == "neutral":
                    slot = replace(slot, operator="not")
            slots.append(slot)
        return slots

    def titles(self, values: Iterable[str] | None, operator: Operator) -> list[Slot]:
        """Titles that only the model saw: linked, or with the look of a title."""
        slots = []
        for value in values or ():
            span = self._free(value)
            if span is None:
                continue
            words = self._message[span[0] : span[1]]
            if self._rules.vocabulary.entry(words) or all(word in GENERIC for word in fold(words).split()):
                continue
            link = self._rules.linker.link(words)
            if not self._rules.titles.may_be(self._message, span, link):
                continue
            self._taken.append(span)
            item = self._rules.catalog.get(link.item_id) if link.item_id else None
            if link.alternatives:
                self.doubtful.append((words, link.alternatives))
            colour = Polarity(mask(self._message, [span])).at(*span)
            sign: Operator = (
                "not" if colour == "refused" else "=" if colour == "wanted" and operator == "not" else operator
            )
            slots.append(Slot("title", sign, item.title if item else words, words, link.item_id))
        return slots

    def people(self, values: Iterable[str] | None) -> list[Slot]:
        """Names that only the model saw: the catalog's with typos put right, or as typed when capitalised."""
        slots = []
        for value in values or ():
            span = self._free(value)
            if span is None:
                continue
            words = self._message[span[0] : span[1]]
            name = self._rules.people.full(words) or self._rules.people.surname(words)
            unknown = bool(re.fullmatch(r"[A-Z][\w'’.\-]+(?: [A-Z][\w'’.\-]+){1,3}", words))
            if name or unknown:
                self._taken.append(span)
                refused = self._polarity.at(*span) == "refused"
                operator: Operator = "not" if refused else "=" if name else "prefer"
                slots.append(
                    Slot("person", operator, name or words, words, role=self._rules.people.role(name or "") or None)
                )
        return slots

    def genres(self, values: Iterable[str] | None, operator: Operator) -> list[Slot]:
        """Genres of the catalog in words that the vocabulary lacks."""
        slots = []
        for value in values or ():
            span = self._free(value)
            name = self._rules.catalog.genre(value)
            if span and name:
                self._taken.append(span)
                slots.append(Slot("genre", operator, name, self._message[span[0] : span[1]]))
        return slots

    def _beside_a_slot(self, span: tuple[int, int]) -> bool:
        """Whether the sentence around these words states something else that was understood."""
        ends = [0, *(match.end() for match in re.finditer(r"[.!?\n。！？]", self._message)), len(self._message)]
        low, high = max(end for end in ends if end <= span[0]), min(end for end in ends if end >= span[1])
        return any(low <= taken[0] < high for taken in self._taken if taken != span)

    def wishes(self, values: Iterable[str] | None) -> list[Slot]:
        """Themes in the person's words that are wanted, and that the catalog's keywords can answer.

        Measured on the gold messages, moods are the rules' business: whatever else the model took for a wish ("rainy
        night", "masterpiece") was none.
        """
        slots = []
        for value in values or ():
            span = self._free(value)
            if span is None or len(value.split()) > _LONGEST_THEME:
                continue
            words = self._message[span[0] : span[1]]
            content = [word for word in fold(words).split() if word not in GENERIC]
            if not content or self._rules.vocabulary.find(words):
                continue
            colour = self._polarity.at(*span)
            if colour == "refused" or (colour != "wanted" and not self._beside_a_slot(span)):
                continue
            if not self._rules.is_theme(content):
                continue
            self._taken.append(span)
            slots.append(Slot("wish", "=", words.casefold(), words))
        return slots
