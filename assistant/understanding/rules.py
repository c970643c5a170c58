"""What is certain about a message without a model: titles, people, vocabulary, numbers, scope, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent, Operator, Slot
from assistant.state import DialogueState
from assistant.understanding import intents
from assistant.understanding.answered import confirms, inquiry, verdict
from assistant.understanding.deciding import ANY_YEAR, Draft, decide
from assistant.understanding.filling import QUESTIONS, Filler
from assistant.understanding.finding import Finder
from assistant.understanding.mentions import TitleReader
from assistant.understanding.naming import NameFinder
from assistant.understanding.numbers import years
from assistant.understanding.people import PeopleIndex
from assistant.understanding.references import references
from assistant.understanding.shorthand import Spelled, spelled_out
from assistant.understanding.vocabulary import CJK, load_vocabulary
from retrieval.text import fold
from retrieval.titles import Mention, TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

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
        self.catalog, self.linker = catalog, linker
        self.vocabulary = load_vocabulary()
        self.titles = TitleReader(catalog, linker, self.vocabulary)
        self.people = PeopleIndex(catalog)
        names = NameFinder(self.people, self.titles.is_ordinary)
        self._finder = Finder(catalog, self.titles, names, self.vocabulary)
        self._filler = Filler(catalog, self.vocabulary, today)
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

    def heard(self, text: str, state: DialogueState) -> DialogueState:
        """The state after what the other side says: the items it names count as shown, and are what "it" means."""
        state = replace(state, inquiry=inquiry(text))
        found = self.titles.read(text[:LONGEST], frozenset())
        ids = tuple(dict.fromkeys(title.link.item_id for title in found if title.link.item_id))
        return replace(state, focus=()).showed(ids) if found else state

    def read(self, message: str, state: DialogueState) -> Reading:
        """The act that the wording supports. Sentences that try to steer the assistant state no wish."""
        spelled = spelled_out(intents.without_other_matters(without_steering(message[:LONGEST])))
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
        if answer := self._told(quiet, state):
            return Reading(answer, sure=True, masked=quiet)
        self._finder.find(draft)
        intent, sure = decide(draft, early)
        refers = self._filler.fill(draft, intent)
        refers += [
            item_id for title, _ in draft.titles if (item_id := title.link.item_id) in state.last_shown and item_id
        ]
        titles = tuple(title for title, _ in draft.titles)
        doubtful = (
            () if intent in QUESTIONS else tuple((t.text, t.link.alternatives) for t in titles if t.link.alternatives)
        )
        slots = tuple(dict.fromkeys(draft.slots))
        alike = _patterns(slots, refers) if intents.more_like(draft.masked) and intent not in QUESTIONS else ()
        act = DialogueAct(intent, slots, tuple(dict.fromkeys(refers)), doubtful, alike=alike)
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

    def _told(self, message: str, state: DialogueState) -> DialogueAct | None:
        """The answer to a question about one film, where it names no other and asks for nothing."""
        about = state.focus or state.last_shown
        item = self.catalog.get(about[0]) if len(about) == 1 else None
        if item is None or state.inquiry not in ("liked", "seen") or intents.requests(message):
            return None
        if any(word.entry.section != "wish" for word in self.vocabulary.find(message)) or years(message, ANY_YEAR):
            return None
        if any(title.link.item_id != item.id for title in self.titles.read(message, frozenset(about))):
            return None
        if state.inquiry == "seen":
            return DialogueAct(Intent.SEEN, refers_to=(item.id,)) if confirms(message) else None
        sign = verdict(message)
        if sign is None:
            return None
        operator: Operator = "=" if sign == "good" else "not"
        slot = Slot("title", operator, item.title, message.strip(), item.id)
        return DialogueAct(Intent.LIKE if sign == "good" else Intent.DISLIKE, (slot,))


def _patterns(slots: Iterable[Slot], refers: Iterable[str]) -> tuple[str, ...]:
    """Of which items more of the same is asked for: those pointed at, or else those named and liked."""
    named = (slot.item_id for slot in slots if slot.name == "title" and slot.operator == "=" and slot.item_id)
    return tuple(dict.fromkeys(refers)) or tuple(dict.fromkeys(named))


def _as_typed(slot: Slot, spelled: Spelled) -> Slot:
    """The slot with its words as the person typed them."""
    unknown = slot.name == "title" and slot.item_id is None
    return replace(slot, span=spelled.typed(slot.span), value=spelled.typed(slot.value) if unknown else slot.value)


def without_steering(message: str) -> str:
    """The message with sentences that try to steer the assistant blotted out: they state no wish."""
    sentences = re.split(r"(?<=[.!?\n。！？])", message)
    return "".join(" " * len(text) if intents.STEERING.search(text) else text for text in sentences)


def language_of(message: str) -> str:
    """ "zh" when a message is mostly Chinese, titles in 《》 left aside; else "en"."""
    if not CJK.search(message):
        return "en"
    bare = re.sub(r"《[^》]*》", "", message)
    return "zh" if len(CJK.findall(bare)) > len(re.findall(r"[A-Za-z]+", bare)) else "en"
