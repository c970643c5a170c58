"""Everything about a message that is certain without a model: titles, people, vocabulary, numbers, scope, references."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent, Operator, Slot
from assistant.state import DialogueState
from assistant.understanding import intents
from assistant.understanding.critiques import critiques, forgotten
from assistant.understanding.mentions import TitleReader
from assistant.understanding.numbers import Bound, counts, runtimes, years
from assistant.understanding.people import PeopleIndex, Person
from assistant.understanding.polarity import Colour, Polarity, mask
from assistant.understanding.references import Reference, references
from assistant.understanding.vocabulary import CJK, Word, load_vocabulary
from retrieval.titles import Mention, TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_QUESTIONS = (Intent.ASK_ITEM, Intent.ASK_WHY, Intent.COMPARE)
_ASKED_OF = re.compile(
    r"\b(?:with|by|starring|featuring|directed by|from director|actor|actress|director|has|have|got|from|in it)\s*$|由|主演的?$|导演的?$",
    re.IGNORECASE,
)
_FANS = re.compile(r"\b(?:love|loved|like|liked|adore|fan of|enjoy|enjoyed|admire|works? of)\s*$", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:(?:that|which|it)(?:['’]s| is| are)?\s*(?:not|isn['’]?t|aren['’]?t)|other than|besides|except(?: for)?|apart from|aside from|excluding|but not|not including|anything but|everything but)\s*(?:the movie |the film )?[\"“'《]?$|除了[《]?$",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:again|once more|rewatch|re-watch|bring back)\b|再(?:看|来)一遍|重看", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules read. `sure` says whether the intent is settled; `titles` are the spans accepted as titles."""

    act: DialogueAct
    sure: bool
    titles: tuple[Mention, ...] = ()
    masked: str = ""


@dataclass
class _Draft:
    """A message on its way to a reading."""

    message: str
    state: DialogueState
    titles: list[Mention] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    pointed: list[Reference] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


class Rules:
    """Reads messages about one catalog. `today` gives the current date, for "released this year"."""

    def __init__(self, catalog: Catalog, linker: TitleLinker, today: Callable[[], date] = date.today) -> None:
        self.catalog, self.linker, self._today = catalog, linker, today
        self.vocabulary = load_vocabulary()
        self.titles = TitleReader(catalog, linker, self.vocabulary)
        self.people = PeopleIndex(catalog)

    def read(self, message: str, state: DialogueState) -> Reading:
        """The act that the wording supports. Sentences that try to steer the assistant state no wish."""
        quiet = _without_steering(message)
        language = language_of(message)
        intent = intents.early(quiet)
        if intent in (Intent.START_OVER, Intent.UNDO) and len(quiet) < 160:
            rest = self._read_rest(quiet, state) if intent is Intent.START_OVER else ()
            return Reading(DialogueAct(intent, rest, language=language, text=message), sure=True, masked=quiet)
        draft = _Draft(quiet, state)
        self._find(draft)
        masked = mask(quiet, [(title.start, title.end) for title in draft.titles])
        intent, sure = self._intent(draft, masked, intent)
        self._fill(draft, masked, intent)
        refers = [item_id for reference in draft.pointed for item_id in reference.ids]
        if intent in _QUESTIONS:
            refers += [title.link.item_id for title in draft.titles if title.link.item_id]
        act = DialogueAct(
            intent,
            tuple(dict.fromkeys(draft.slots)),
            tuple(dict.fromkeys(refers)),
            tuple((title.text, title.link.alternatives) for title in draft.titles if title.link.alternatives),
            language,
            message,
        )
        return Reading(act, sure, tuple(draft.titles), masked)

    def _read_rest(self, message: str, state: DialogueState) -> tuple[Slot, ...]:
        """What is asked for after "start over": "start over, something with Tom Hanks"."""
        rest = re.sub(
            r"(?i)\b(?:let['’]?s |can we |please )*(?:start(?:ing)? (?:over|again|fresh|from scratch)|from scratch|reset|forget everything)\b",
            " ",
            message,
        )
        return self.read(rest, DialogueState(language=state.language)).act.slots if rest != message else ()

    def _find(self, draft: _Draft) -> None:
        """Spans first, so that what is a title is not read as a person, a genre or a year."""
        message, state = draft.message, draft.state
        titles = self.titles.read(message, frozenset(state.shown))
        people = self.people.find(message, [])
        for person in people:
            clash = [title for title in titles if title.start < person.end and person.start < title.end]
            longer = any(title.end - title.start > person.end - person.start for title in clash)
            asked = bool(_ASKED_OF.search(message[: person.start]))
            exact = any(title.link.item_id and title.link.kind in ("exact", "alias") for title in clash)
            inside = any(person.end - person.start > title.end - title.start for title in clash)
            if clash and not asked and not inside and (longer or exact):
                continue
            titles = [title for title in titles if title not in clash]
            draft.people.append(person)
        draft.titles = titles
        spans = [(span.start, span.end) for span in (*titles, *draft.people)]
        draft.words = [word for word in self.vocabulary.find(message) if not _inside(word.start, word.end, spans)]
        blotted = mask(message, spans)
        draft.pointed = references(blotted, state.last_shown, self.catalog)
        named = [Reference(t.start, t.end, (t.link.item_id,)) for t in titles if t.link.item_id in state.last_shown]
        draft.pointed += named  # type: ignore[arg-type]

    def _intent(self, draft: _Draft, masked: str, early: Intent | None) -> tuple[Intent, bool]:
        state, started = draft.state, bool(draft.state.shown or draft.state.previous)
        strong = [reference for reference in draft.pointed if not reference.weak]
        if early is Intent.ASK_WHY:
            return (Intent.ASK_WHY, True) if state.last_shown else (Intent.CHAT, False)
        if state.last_shown and intents.asks_comparison(masked) and (len(_ids(draft)) != 1 or "common" in masked):
            return Intent.COMPARE, True
        about = draft.pointed or draft.titles or state.last_shown
        if about and intents.asks_item(masked) and not intents.says_seen(masked):
            return Intent.ASK_ITEM, True
        if strong and intents.more_like(masked):
            return Intent.MORE_LIKE, True
        polarity = Polarity(masked)
        if draft.pointed and (intent := self._verdict(draft, masked, polarity)):
            return intent, True
        requested = intents.requests(masked)
        if draft.titles and intents.more_like(masked):
            return (Intent.MORE_LIKE if not started else Intent.REFINE), True
        colours = [polarity.at(title.start, title.end) for title in draft.titles]
        if draft.titles and not requested:
            if all(colour == "refused" for colour in colours):
                return Intent.DISLIKE, True
            seen = intents.says_seen(masked) and not any(colour == "wanted" for colour in colours)
            return (Intent.SEEN if seen else Intent.LIKE), True
        if state.last_shown and intents.rejects(masked) and not draft.titles:
            return Intent.REJECT, not draft.words
        if requested or draft.words or draft.people or years(masked, 2000) or runtimes(masked):
            return (Intent.REFINE if started else Intent.RECOMMEND), requested
        if intents.critiqued(masked) and started:
            return Intent.REFINE, True
        if intents.greets(masked):
            return Intent.CHAT, True
        return Intent.CHAT, False

    def _verdict(self, draft: _Draft, masked: str, polarity: Polarity) -> Intent | None:
        """What is said about the items pointed at: seen, loved, hated or refused."""
        first = draft.pointed[0]
        colour = polarity.at(first.start, first.end)
        if intents.says_unseen(masked):
            return None
        if (
            re.search(
                r"\b(?:lov|ador|enjoy|great|amazing|favou?rite|liked|awesome|excellent)|喜欢|好看|很棒",
                masked,
                re.IGNORECASE,
            )
            and colour == "wanted"
        ):
            return Intent.LIKE
        if (
            re.search(r"\b(?:hate|hated|awful|terrible|dislike|stand)\b|讨厌|难看", masked, re.IGNORECASE)
            and colour == "refused"
        ):
            return Intent.DISLIKE
        if intents.says_seen(masked):
            return Intent.SEEN
        if intents.rejects(masked) or colour == "refused":
            return Intent.REJECT
        if colour == "wanted" and not intents.requests(masked):
            return Intent.LIKE
        return None

    def _fill(self, draft: _Draft, masked: str, intent: Intent) -> None:
        """The slots, in the order: titles, people, taken back, vocabulary, numbers, critiques."""
        polarity = Polarity(masked)
        if intent not in _QUESTIONS:
            self._fill_titles(draft, masked, polarity, intent)
            self._fill_people(draft, polarity)
            taken = forgotten(masked, self.vocabulary)
            draft.slots += taken
            gone = {slot.span for slot in taken}
            relative = critiques(masked, _ids(draft), draft.state.last_shown, self.catalog)
            spent = {slot.span.casefold() for slot in relative}
            for word in draft.words:
                if word.text not in gone and not any(word.text.casefold() in span for span in spent):
                    draft.slots += self._word(draft, word, polarity.at(word.start, word.end))
            draft.slots += relative
            self._fill_numbers(draft, masked, gone)

    def _fill_titles(self, draft: _Draft, masked: str, polarity: Polarity, intent: Intent) -> None:
        pointed = {item_id for reference in draft.pointed for item_id in reference.ids}
        for title in draft.titles:
            colour = polarity.at(title.start, title.end)
            operator: Operator = (
                "=" if colour != "refused" else "except" if _EXCEPT.search(masked[: title.start]) else "not"
            )
            around = masked[max(0, title.start - 60) : title.end + 40]
            if _AGAIN.search(around) and title.link.item_id in draft.state.shown:
                operator = "again"
            elif intents.says_unseen(masked[max(0, title.start - 40) : title.end]):
                continue
            elif colour != "refused" and self._only_seen(masked, title):
                operator = "seen"
            elif title.link.item_id in pointed and intent in (Intent.REJECT, Intent.SEEN):
                continue
            item = self.catalog.get(title.link.item_id) if title.link.item_id else None
            value = item.title if item else title.text
            draft.slots.append(Slot("title", operator, value, title.text, title.link.item_id))

    def _only_seen(self, masked: str, title: Mention) -> bool:
        before = masked[max(0, title.start - 60) : title.start]
        sentence = re.split(r"[.!?;\n]", before)[-1]
        praised = re.search(r"\b(?:lov|lik|enjoy|ador|favou?rite|great|best)|喜欢", masked, re.IGNORECASE)
        return intents.says_seen(sentence + " x") and not praised

    def _fill_people(self, draft: _Draft, polarity: Polarity) -> None:
        for person in draft.people:
            if not person.sure and not self._surname_meant(draft.message, person):
                continue
            before = draft.message[: person.start]
            operator: Operator = "not" if polarity.at(person.start, person.end) == "refused" else "="
            if operator == "=" and _FANS.search(before):
                operator = "prefer"
            span = draft.message[person.start : person.end]
            draft.slots.append(Slot("person", operator, person.name, span, role=person.role or None))

    def _surname_meant(self, message: str, person: Person) -> bool:
        """A bare surname counts when it does not merely start a sentence."""
        before = message[: person.start].rstrip()
        return bool(before) and before[-1] not in ".!?"

    def _word(self, draft: _Draft, word: Word, colour: Colour) -> list[Slot]:
        section, operator = word.entry.section, "not" if colour == "refused" else "="
        if section == "genre":
            slots = [Slot("genre", operator, self._genre(value), word.text) for value in word.entry.values]  # type: ignore[arg-type]
            return slots if self._genre_meant(draft.message, word) else []
        if section == "popularity":
            value = word.entry.values[0]
            return [
                Slot(
                    "popularity",
                    "=",
                    {"less": "more", "more": "less"}[value] if operator == "not" else value,
                    word.text,
                )
            ]
        if section in ("language", "country"):
            return [Slot(section, operator, value, word.text) for value in word.entry.values]  # type: ignore[arg-type]
        slots = [Slot("wish", operator, value, word.text) for value in word.entry.values]  # type: ignore[arg-type]
        if word.entry.guess:
            slots.append(Slot("genre", operator, self._genre(word.entry.guess), word.text, guessed=True))  # type: ignore[arg-type]
        return slots

    def _genre(self, name: str) -> str:
        return self.catalog.genre(name) or name

    def _genre_meant(self, message: str, word: Word) -> bool:
        """Not in "war of words", "my family" or "world history", where the word is no genre."""
        before = message[: word.start]
        if word.text.casefold() in ("action", "drama", "history", "war", "crime", "music", "mystery", "doc", "mob"):
            return (
                not re.search(
                    r"\b(?:in|my|our|his|her|world|into|of|call to|live|cold|civil|star|family)\s*$",
                    before,
                    re.IGNORECASE,
                )
                or bool(re.match(r"\s*(?:movie|film)", message[word.end :], re.IGNORECASE))
                or bool(
                    re.search(
                        r"\b(?:fan|kind|sort|type|lots|lot|bit|mood|bored|tired|sick)\s+of\s*$|\binto\s*$",
                        before,
                        re.IGNORECASE,
                    )
                )
            )
        return True

    def _fill_numbers(self, draft: _Draft, masked: str, gone: set[str]) -> None:
        text = mask(masked, [(person.start, person.end) for person in draft.people])
        bounds: list[Bound] = [*years(text, self._today().year), *runtimes(text), *counts(text)]
        for bound in bounds:
            span = draft.message[bound.start : bound.end]
            if span not in gone:
                draft.slots.append(Slot(bound.name, bound.operator, str(bound.value), span, guessed=bound.guessed))


def _ids(draft: _Draft) -> list[str]:
    return [item_id for reference in draft.pointed for item_id in reference.ids]


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < high and low < end for low, high in spans)


def _without_steering(message: str) -> str:
    """The message with sentences that try to steer the assistant blotted out: they state no wish."""
    kept = []
    for sentence in re.split(r"(?<=[.!?\n。！？])", message):
        kept.append(" " * len(sentence) if intents.STEERING.search(sentence) else sentence)
    return "".join(kept)


def language_of(message: str) -> str:
    """ "zh" when a message is mostly Chinese, titles in 《》 left aside; else "en"."""
    bare = re.sub(r"《[^》]*》", "", message)
    return "zh" if len(CJK.findall(bare)) > len(re.findall(r"[A-Za-z]+", bare)) else "en"


def with_slots(act: DialogueAct, slots: list[Slot]) -> DialogueAct:
    """The act with these slots instead."""
    return replace(act, slots=tuple(dict.fromkeys(slots)))
