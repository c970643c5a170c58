"""What is certain about a message without a model: titles, people, vocabulary, numbers, scope, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent, Operator, Slot
from assistant.state import DialogueState
from assistant.understanding import intents, stances
from assistant.understanding.critiques import critiques, forgotten
from assistant.understanding.cues import Colour
from assistant.understanding.deciding import Draft, decide
from assistant.understanding.evidence import is_named_thing
from assistant.understanding.mentions import TitleReader
from assistant.understanding.named import describes, from_named, keep_wanted, without_verdicts
from assistant.understanding.numbers import counts, runtimes, years
from assistant.understanding.people import PeopleIndex, Person
from assistant.understanding.polarity import Polarity, mask
from assistant.understanding.references import Reference, references
from assistant.understanding.shorthand import Spelled, spelled_out
from assistant.understanding.themes import refused_themes, themes
from assistant.understanding.vocabulary import CJK, Word, load_vocabulary
from retrieval.text import fold
from retrieval.titles import Mention, TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_ASKED_OF = re.compile(
    r"\b(?:with|by|starring|featuring|directed by|from director|actor|actress|director)\s*$|由$|主演的?$|导演的?$",
    re.IGNORECASE,
)
_MADE_BY = re.compile(
    r"[\"”’']?,?\s+(?:by|directed by|from|starring|the one (?:by|with|from)|the \w+ (?:film|movie|one))\s+",
    re.IGNORECASE,
)
_FANS = re.compile(r"\b(?:love|loved|like|liked|adore|fan of|enjoy|enjoyed|admire|works? of)\s*$", re.IGNORECASE)
_MORE_OF = re.compile(
    r"\b(?:more|any|some|another|good|great|best|new|old|early|late|classic|or|and)\s*$", re.IGNORECASE
)
_WORKS = re.compile(
    r"^(?:['’]s?)?[\s\-]+(?:style|type|like|esque|movies?|films?|flicks?|classics?|thrillers?|comed\w+|stuff)",
    re.IGNORECASE,
)
_QUESTIONS = (Intent.ASK_ITEM, Intent.ASK_WHY, Intent.COMPARE)
_INSTEAD = re.compile(
    r"\b(?:instead|rather|actually|make it|changed my mind|on second thought)\b|换成|改成|还是看", re.IGNORECASE
)
_NOUN_OF = ("action", "drama", "history", "war", "crime", "mystery", "doc", "mob", "romance", "horror")


_KNOWN_THEME = 2
"""Items that must carry a keyword for its words to count as words of a theme."""

LONGEST = 4000
"""Characters of a message that are read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules read. `sure` says whether the intent is settled; `titles` are the spans accepted as titles.

    `text` is the message with its shorthand spelled out, `masked` the same with titles blotted out; `neutral` holds the
    words of titles without a stance. Spans of `titles` are those of `text`.
    """

    act: DialogueAct
    sure: bool
    titles: tuple[Mention, ...] = ()
    masked: str = ""
    neutral: frozenset[str] = frozenset()
    text: str = ""


class Rules:
    """Reads messages about one catalog. `today` gives the current date, for "released this year"."""

    def __init__(self, catalog: Catalog, linker: TitleLinker, today: Callable[[], date] = date.today) -> None:
        self.catalog, self.linker, self._today = catalog, linker, today
        self.vocabulary = load_vocabulary()
        self.titles = TitleReader(catalog, linker, self.vocabulary)
        self.people = PeopleIndex(catalog)
        self.titles.warm()
        common = catalog.keywords.counts >= _KNOWN_THEME
        self._theme_words = frozenset(
            word
            for name, known in zip(catalog.keywords.names, common, strict=True)
            if known
            for word in fold(name).split()
            if len(word) > 3
        )

    def is_theme(self, words: Iterable[str]) -> bool:
        """Whether every one of these words, a plural tolerated, stands in keywords of the catalog."""
        return all(word in self._theme_words or word.removesuffix("s") in self._theme_words for word in words)

    def read(self, message: str, state: DialogueState) -> Reading:
        """The act that the wording supports. Sentences that try to steer the assistant state no wish."""
        spelled = spelled_out(without_steering(message[:LONGEST]))
        reading = self._read(spelled.text, state)
        act = reading.act
        doubtful = tuple((spelled.typed(words), ids) for words, ids in act.doubtful)
        slots = tuple(_as_typed(slot, spelled) for slot in act.slots)
        act = replace(act, slots=slots, doubtful=doubtful, language=language_of(message), text=message)
        return replace(reading, act=act, text=spelled.text)

    def _read(self, quiet: str, state: DialogueState) -> Reading:
        early = intents.early(quiet)
        if early is Intent.UNDO and (rest := intents.without_retraction(quiet)):
            reading = self._read(rest, state)
            if any(slot.operator != "relative" for slot in reading.act.slots):
                return reading  # "I take that back, it was superb": what is said instead counts
        if early is Intent.UNDO or early is Intent.START_OVER:
            slots = self._after_reset(quiet, state) if early is Intent.START_OVER else ()
            return Reading(DialogueAct(early, slots), sure=True, masked=quiet)
        draft = Draft(quiet, state)
        if picked := self._answer(quiet, state):
            return Reading(DialogueAct(Intent.LIKE, picked), sure=True, masked=quiet)
        self._find(draft)
        intent, sure = decide(draft, early)
        refers = self._fill(draft, intent)
        refers += [
            item_id for title, _ in draft.titles if (item_id := title.link.item_id) in state.last_shown and item_id
        ]
        titles = tuple(title for title, _ in draft.titles)
        doubtful = (
            () if intent in _QUESTIONS else tuple((t.text, t.link.alternatives) for t in titles if t.link.alternatives)
        )
        act = DialogueAct(intent, tuple(dict.fromkeys(draft.slots)), tuple(dict.fromkeys(refers)), doubtful)
        neutral = frozenset(title.text for title, stance in draft.titles if stance.neutral)
        return Reading(act, sure, titles, draft.masked, neutral)

    def _after_reset(self, message: str, state: DialogueState) -> tuple[Slot, ...]:
        """What is asked for beside "start over": "start over, something with Tom Hanks"."""
        rest = intents.without_reset(message)
        return self.read(rest, DialogueState(language=state.language)).act.slots if intents.early(rest) is None else ()

    def _answer(self, message: str, state: DialogueState) -> tuple[Slot, ...]:
        """The item picked when a question about a title is open: "the first", "1995", "the older one"."""
        pending = state.pending
        if pending is None or len(message) > 80:
            return ()
        options = [item for item in map(self.catalog.get, pending.options) if item]
        chosen = [item for item in options if item.year and re.search(rf"\b{item.year}\b", message)]
        if not chosen and (pointed := references(message, pending.options, self.catalog)):
            chosen = [item for item in options if item.id in pointed[0].ids]
        if not chosen and re.search(r"\b(?:old(?:er|est)?|original)\b", message, re.IGNORECASE):
            chosen = sorted(options, key=lambda item: item.year or 9999)[:1]
        elif not chosen and re.search(r"\b(?:new(?:er|est)?|latest|recent|remake)\b", message, re.IGNORECASE):
            chosen = sorted(options, key=lambda item: -(item.year or 0))[:1]
        return tuple(Slot("title", pending.operator, item.title, message.strip(), item.id) for item in chosen[:1])

    def _find(self, draft: Draft) -> None:
        """Spans first, so that what is a title is not read as a person, a genre or a year."""
        message, state = draft.message, draft.state
        titles = self.titles.read(message, frozenset(state.shown))
        for person in self.people.find(message, self.titles.is_ordinary):
            clash = [title for title in titles if title.start < person.end and person.start < title.end]
            meant = person.sure or self._surname_meant(message, person)
            if meant and all(_is_unknown(title) for title in clash):
                titles = [title for title in titles if title not in clash]  # "all of Wes Anderson's films"
                clash = []
            longest = max((title.end - title.start for title in clash), default=0)
            linked = any(title.link.item_id and title.link.kind in ("exact", "alias") for title in clash)
            if clash and not _ASKED_OF.search(message[: person.start]):
                if longest > person.end - person.start or (linked and longest == person.end - person.start):
                    continue
            elif longest > person.end - person.start:
                continue
            if any(_MADE_BY.fullmatch(message[title.end : person.start]) for title in titles):
                continue  # "Heat by Michael Mann": the name only tells which one is meant
            if person.sure or self._surname_meant(message, person):
                titles = [title for title in titles if title not in clash]
                draft.people.append(person)
        spans = _spans(titles, draft.people)
        draft.masked = mask(message, [(title.start, title.end) for title in titles])
        draft.words = [
            word
            for word in (*self.vocabulary.find(message), *self.titles.misspelt_genres(message))
            if not _inside(word.start, word.end, spans)
        ]
        draft.words = [word for word in draft.words if not is_named_thing(message[: word.start])]
        polarity = Polarity(draft.masked)
        draft.titles = [(t, stances.of_title(draft.masked, t, polarity, frozenset(state.shown))) for t in titles]
        draft.titles = stances.agreeing(draft.masked, draft.titles)
        pointed = references(mask(message, spans), state.last_shown, self.catalog, state.focus)
        if titles:  # "Inception, love that one": the title itself is meant.
            pointed = [one for one in pointed if not (one.vague and titles[0].start < one.start)]
        draft.pointed = [(r, stances.of_reference(draft.masked, r, polarity)) for r in pointed]
        for title, stance in draft.titles:
            if title.link.item_id in state.last_shown and title.link.item_id:
                draft.pointed.append((Reference(title.start, title.end, (title.link.item_id,), named=True), stance))

    def _surname_meant(self, message: str, person: Person) -> bool:
        """A bare surname counts when it does not merely start a sentence, or when its works follow."""
        before, after = message[: person.start].rstrip(), message[person.end :]
        if message[person.start].islower():
            word = message[person.start : person.end]
            if self.vocabulary.entry(word) or self.titles.is_common(word):
                return False
            cued = _ASKED_OF.search(before) or _FANS.search(before) or _MORE_OF.search(before) or _WORKS.match(after)
            return bool(cued) or self.titles.is_rare(word)
        listed = re.match(r"\s*(?:,|and|or|&|\+|/)\s*[A-Z]", after)
        rare = not self.titles.is_common(message[person.start : person.end]) and re.match(
            r"\s+(?:but|please)\b|\W*$", after
        )
        return bool(before and before[-1] not in ".!?") or bool(_WORKS.match(after) or listed or rare)

    def _fill(self, draft: Draft, intent: Intent) -> list[str]:
        """Fill the slots, and return the ids that the act points at."""
        if intent in _QUESTIONS:
            named = [title.link.item_id for title, _ in draft.titles if title.link.item_id]
            return [*draft.ids(), *named]
        polarity = Polarity(draft.masked)
        refers = self._fill_references(draft, intent)
        self._fill_titles(draft)
        self._fill_people(draft, polarity)
        limits = draft.state.limits
        taken = forgotten(draft.masked, self.vocabulary, limits.not_genres | limits.not_keywords)
        gone = {slot.span for slot in taken}
        named = [title.link.item_id for title, _ in draft.titles if title.link.item_id]
        relative = critiques(without_verdicts(draft.masked), draft.ids() or named, draft.state.last_shown, self.catalog)
        spent = [slot.span.casefold() for slot in relative]
        draft.slots += taken
        for word in draft.words:
            if describes(draft.masked, word):
                continue
            if word.text not in gone and not any(word.text.casefold() in span for span in spent):
                draft.slots += self._word(draft, word, polarity.at(word.start, word.end))
        draft.slots += relative
        if _INSTEAD.search(draft.masked) and any(slot.name == "genre" and slot.operator == "=" for slot in draft.slots):
            wanted = draft.masked.casefold()
            draft.slots += [Slot("genre", "forget", old, "instead") for old in draft.state.genres if old not in wanted]
        self._fill_themes(draft, polarity)
        self._fill_numbers(draft, gone)
        draft.slots += from_named(draft, self.catalog)
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
                item = self.catalog.get(item_id)
                words = draft.message[reference.start : reference.end]
                draft.slots.append(Slot("title", stance.operator, item.title if item else item_id, words, item_id))
                refers += [item_id] if one else []
        return refers

    def _fill_titles(self, draft: Draft) -> None:
        for title, stance in draft.titles:
            if stance.operator:
                item = self.catalog.get(title.link.item_id) if title.link.item_id else None
                draft.slots.append(
                    Slot("title", stance.operator, item.title if item else title.text, title.text, title.link.item_id)
                )

    def _fill_people(self, draft: Draft, polarity: Polarity) -> None:
        for person in draft.people:
            if stances.is_measure(draft.masked[: person.start]):
                continue
            operator: Operator = "not" if polarity.at(person.start, person.end) == "refused" else "="
            if operator == "=" and _FANS.search(draft.message[: person.start]):
                operator = "prefer"
            if operator == "=" and not person.listed:
                operator = "prefer"
            span = draft.message[person.start : person.end]
            draft.slots.append(Slot("person", operator, person.name, span, role=person.role or None))

    def _word(self, draft: Draft, word: Word, colour: Colour) -> list[Slot]:
        """The slots of one word of the vocabulary. What is merely allowed takes an earlier refusal back."""
        entry, section = word.entry, word.entry.section
        if section == "popularity":
            contrary = {"less": "more", "more": "less"}[entry.values[0]]
            return [Slot("popularity", "=", contrary if colour == "refused" else entry.values[0], word.text)]
        operator: Operator = {"refused": "not", "allowed": "forget"}.get(colour, "=")  # type: ignore[assignment]
        if section == "genre":
            if not self._genre_meant(draft.message, word):
                return []
            slots = [Slot("genre", operator, self._genre(value), word.text) for value in entry.values]
            return slots + ([Slot("wish", operator, entry.wish, word.text)] if entry.wish else [])
        if entry.values == ("subtitles",) and colour == "refused":
            return [Slot("language", "=", "en", word.text)]
        slots = [Slot(section, operator, value, word.text) for value in entry.values]
        if entry.guess:
            slots.append(Slot("genre", operator, self._genre(entry.guess), word.text, guessed=True))
        return slots

    def _genre(self, name: str) -> str:
        return self.catalog.genre(name) or name

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
        return not re.search(
            r"\b(?:my|our|his|her|their|world|of|call to|in|browser|cold|civil|live|family|true|partner in)\s*$",
            before,
            re.IGNORECASE,
        )

    def _fill_themes(self, draft: Draft, polarity: Polarity) -> None:
        """ "Set in Japan", "about a bank robbery": themes that no vocabulary has."""
        taken = _spans(draft.people, draft.words, [reference for reference, _ in draft.pointed])
        for start, end, value in themes(draft.masked):
            if not _inside(start, end, taken):
                operator: Operator = "not" if polarity.at(start, end) == "refused" else "="
                value = value.removeprefix("set in ") if operator == "not" else value
                draft.slots.append(Slot("wish", operator, value, draft.message[start:end]))
                taken.append((start, end))
        for start, end, value in refused_themes(draft.masked, self.catalog.keywords.__contains__):
            if not _inside(start, end, taken) and polarity.at(start, end) == "refused":
                draft.slots.append(Slot("wish", "not", value, draft.message[start:end]))

    def _fill_numbers(self, draft: Draft, gone: set[str]) -> None:
        text = mask(draft.masked, _spans(draft.people, draft.words))
        for bound in (*years(text, self._today().year), *runtimes(text), *counts(text)):
            span = draft.message[bound.start : bound.end]
            if span not in gone:
                draft.slots.append(Slot(bound.name, bound.operator, str(bound.value), span, guessed=bound.guessed))


def _is_unknown(title: Mention) -> bool:
    """Whether neither the catalog nor any list has this title: it was taken for one by its looks."""
    return title.link.item_id is None and not title.link.alternatives and title.link.kind != "elsewhere"


def _as_typed(slot: Slot, spelled: Spelled) -> Slot:
    """The slot with its words as the person typed them."""
    unknown = slot.name == "title" and slot.item_id is None
    return replace(slot, span=spelled.typed(slot.span), value=spelled.typed(slot.value) if unknown else slot.value)


def _spans(*groups: Sequence[Mention | Person | Word | Reference]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for group in groups for span in group]


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < high and low < end for low, high in spans)


def without_steering(message: str) -> str:
    """The message with sentences that try to steer the assistant blotted out: they state no wish."""
    sentences = re.split(r"(?<=[.!?\n。！？])", message)
    return "".join(" " * len(text) if intents.STEERING.search(text) else text for text in sentences)


def language_of(message: str) -> str:
    """ "zh" when a message is mostly Chinese, titles in 《》 left aside; else "en"."""
    bare = re.sub(r"《[^》]*》", "", message)
    return "zh" if len(CJK.findall(bare)) > len(re.findall(r"[A-Za-z]+", bare)) else "en"
