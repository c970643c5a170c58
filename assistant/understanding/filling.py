"""Fills the slots of an act from the spans that were found, with the operator that the wording gives each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from assistant.acts import Intent, Operator, Slot
from assistant.understanding import intents, opinions, stances
from assistant.understanding.critiques import critiques, forgotten, takes_back
from assistant.understanding.cues import Colour
from assistant.understanding.deciding import Draft, inside, is_told_of, spans_of
from assistant.understanding.life import of_life
from assistant.understanding.named import from_named, keep_wanted
from assistant.understanding.naming import FANS
from assistant.understanding.numbers import counts, runtimes, years
from assistant.understanding.polarity import mask
from assistant.understanding.themes import refused_themes, themes
from assistant.understanding.told import without_verdicts
from assistant.understanding.vocabulary import Vocabulary, Word
from retrieval.caseless import Caseless

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

QUESTIONS = (Intent.ASK_ITEM, Intent.ASK_WHY, Intent.COMPARE)
"""Acts that ask about items and set no wish."""
_INSTEAD = Caseless(r"\b(?:instead|rather|actually|make it|changed my mind|on second thought)\b|换成|改成|还是看")
_OF_OTHER_THINGS = Caseless(
    r"\s+(?:sub(?:s|titles?|titled)?|food|restaurants?|take-?away|takeout|dinner|lunch|class(?:es)?|exams?|lessons?|homework|teachers?|friends?|wife|husband|girlfriend|boyfriend|colleagues?|accent|neighbou?rs?|fries|wine|beer)\b",
)
"""What a language or a country stands in front of without saying anything of films."""
_OTHER_NOUN = Caseless(
    r"\b(?:my|our|his|her|their|world|of|call to|in|browser|cold|civil|live|family|true|partner in)\s*$"
    r"|(?:听|学|教|研究)$",
)
_NOUN_OF = ("音乐", "历史", "action", "drama", "history", "war", "crime", "mystery", "doc", "mob", "romance", "horror")


class Filler:
    """Writes the slots of a draft. `today` gives the current date, for "released this year"."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary, today: Callable[[], date]) -> None:
        self._catalog, self._vocabulary, self._today = catalog, vocabulary, today

    def fill(self, draft: Draft, intent: Intent) -> list[str]:
        """Fill the slots, and return the ids that the act points at."""
        if intent in QUESTIONS:
            named = [title.link.item_id for title, _ in draft.titles if title.link.item_id]
            return [*draft.ids(), *named]
        refers = self._fill_references(draft, intent)
        self._fill_titles(draft)
        self._fill_people(draft)
        limits = draft.state.limits
        taken = forgotten(draft.masked, self._vocabulary, limits.not_genres | limits.not_keywords)
        gone = {slot.span for slot in taken}
        named = [title.link.item_id for title, _ in draft.titles if title.link.item_id]
        relative = critiques(
            without_verdicts(draft.masked), draft.ids() or named, draft.state.last_shown, self._catalog
        )
        spent = [slot.span.casefold() for slot in relative]
        draft.slots += taken
        for word in draft.words:
            if word.text not in gone and not any(word.text.casefold() in span for span in spent):
                draft.slots += self._word(draft, word, draft.polarity.at(word.start, word.end))
        draft.slots += relative
        if _INSTEAD.search(draft.masked) and any(slot.name == "genre" and slot.operator == "=" for slot in draft.slots):
            wanted = draft.masked.casefold()
            draft.slots += [Slot("genre", "forget", old, "instead") for old in draft.state.genres if old not in wanted]
        self._fill_themes(draft)
        self._fill_numbers(draft, gone)
        draft.slots += from_named(draft, self._catalog)
        draft.slots = keep_wanted(draft.slots)
        return refers

    def _fill_references(self, draft: Draft, intent: Intent) -> list[str]:
        """Items that the intent speaks of are pointed at; the others get a title slot of their own."""
        meant: dict[Intent, Operator] = {
            Intent.LIKE: "=",
            Intent.DISLIKE: "not",
            Intent.SEEN: "seen",
            Intent.REJECT: "except",
        }
        refers: list[str] = []
        spared = {
            one
            for point, stance in draft.pointed
            if stance.operator == "except" and len(point.ids) == 1
            for one in point.ids
        }
        for reference, stance in draft.pointed:
            if reference.named:
                continue
            if stance.operator in (None, meant.get(intent)) or intent not in meant:
                several = len(reference.ids) > 1
                refers += [item_id for item_id in reference.ids if not (several and item_id in spared)]
            one = len(reference.ids) < max(len(draft.state.last_shown), 2) and stance.operator in ("=", "not")
            if stance.operator in (None, meant.get(intent)) or (intent not in meant and not one):
                continue
            for item_id in reference.ids:
                item = self._catalog.get(item_id)
                words = draft.message[reference.start : reference.end]
                draft.slots.append(Slot("title", stance.operator, item.title if item else item_id, words, item_id))
                refers += [item_id] if one else []
        return refers

    def _fill_titles(self, draft: Draft) -> None:
        for title, stance in draft.titles:
            if stance.operator:
                for item_id in (title.link.item_id, *title.link.more):
                    item = self._catalog.get(item_id) if item_id else None
                    words = item.title if item else title.text
                    draft.slots.append(Slot("title", stance.operator, words, title.text, item_id))

    def _fill_people(self, draft: Draft) -> None:
        for person in draft.people:
            if stances.is_measure(draft.masked[: person.start]):
                continue
            colour = draft.polarity.at(person.start, person.end)
            operator: Operator = "not" if colour == "refused" else "="
            if judged := opinions.bare(re.split(r"[,.;!?]", draft.masked[person.end :].removeprefix("."))[0]):
                operator = "not" if judged == "bad" else "prefer"  # "Nolan good, Snyder bad"
            refused = person.name in draft.state.limits.not_people
            if takes_back(draft.masked, person.start, person.end, refused=refused):
                operator = "forget"
            if colour == "allowed" and operator == "=" and not intents.says_unseen(draft.polarity.clause(person.start)):
                continue  # "nothing against Nicolas Cage"
            liked = FANS.search(draft.message[: person.start]) or is_told_of(draft, person.start)
            if operator == "=" and (liked or not person.listed):
                operator = "prefer"
            span = draft.message[person.start : person.end]
            draft.slots.append(Slot("person", operator, person.name, span, role=person.role or None))

    def _word(self, draft: Draft, word: Word, colour: Colour) -> list[Slot]:
        """The slots of one word of the vocabulary. What is merely allowed takes an earlier refusal back."""
        entry, section = word.entry, word.entry.section
        if section == "popularity":
            contrary = {"less": "more", "more": "less"}[entry.values[0]]
            return [Slot("popularity", "=", contrary if colour == "refused" else entry.values[0], word.text)]
        if colour == "allowed" and intents.says_unseen(draft.polarity.clause(word.start)):
            colour = "neutral"  # "never seen a western"
        operator: Operator = {"refused": "not", "allowed": "forget"}.get(colour, "=")  # type: ignore[assignment]
        if section == "genre":
            if not self._genre_meant(draft.message, word):
                return []
            slots = [Slot("genre", operator, self._genre(value), word.text) for value in entry.values]
            return slots + ([Slot("wish", operator, entry.wish, word.text)] if entry.wish else [])
        if section in ("language", "country") and _OF_OTHER_THINGS.match(draft.message[word.end :]):
            return []
        if entry.values == ("subtitles",) and colour == "refused":
            return [Slot("language", "=", "en", word.text)]
        slots = [Slot(section, operator, value, word.text) for value in entry.values]
        if entry.guess:
            slots.append(Slot("genre", operator, self._genre(entry.guess), word.text, guessed=True))
        return slots

    def _genre(self, name: str) -> str:
        return self._catalog.genre(name) or name

    def _genre_meant(self, message: str, word: Word) -> bool:
        """Not in "war of words" or "my history", where the word is no genre."""
        if word.text.casefold() not in _NOUN_OF or re.match(
            r"\s*(?:movie|film|flick)", message[word.end :], re.IGNORECASE
        ):
            return True
        before = message[: word.start]
        if re.search(
            r"\b(?:kind|sort|type|lots?|bit|mood|fan|tired|sick|bored|amount|piece|enough|full) of\s*$",
            before,
            re.IGNORECASE,
        ):
            return True
        return not _OTHER_NOUN.search(before)

    def _fill_themes(self, draft: Draft) -> None:
        """ "Set in Japan", "about a bank robbery": themes that no vocabulary has."""
        taken = spans_of(draft.people, draft.words, [reference for reference, _ in draft.pointed])
        for start, end, value in themes(draft.masked):
            if not inside(start, end, taken):
                operator: Operator = "not" if draft.polarity.at(start, end) == "refused" else "="
                value = value.removeprefix("set in ") if operator == "not" else value
                draft.slots.append(Slot("wish", operator, value, draft.message[start:end]))
                taken.append((start, end))
        for start, end, value in refused_themes(draft.masked, self._catalog.keywords.__contains__):
            if not inside(start, end, taken) and draft.polarity.at(start, end) == "refused":
                draft.slots.append(Slot("wish", "not", value, draft.message[start:end]))

    def _fill_numbers(self, draft: Draft, gone: set[str]) -> None:
        text = mask(draft.masked, spans_of(draft.people, draft.words))
        for bound in (*years(text, self._today().year), *runtimes(text), *counts(text)):
            span = draft.message[bound.start : bound.end]
            if span not in gone and not of_life(draft.masked, bound.start):
                draft.slots.append(Slot(bound.name, bound.operator, str(bound.value), span, guessed=bound.guessed))
