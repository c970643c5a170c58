"""What a message does, once its spans are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.acts import Intent, Operator, Slot
from assistant.questions import questions
from assistant.state import DialogueState
from assistant.understanding import intents, opinions
from assistant.understanding.naming import Person
from assistant.understanding.numbers import Bound, counts, runtimes, years
from assistant.understanding.polarity import Polarity
from assistant.understanding.references import Reference
from assistant.understanding.stances import Stance
from assistant.understanding.themes import themes
from assistant.understanding.vocabulary import Word
from retrieval.caseless import Caseless
from retrieval.titles import Mention

ANY_YEAR = 2000
"""The year of today where only the presence of a date matters."""
_SENTENCE = re.compile(r"[.!?;\n。！？；]+")
_COMMA = re.compile(r"[,，]")
_OF_A_TITLE = Caseless(r"□[^。！？，]{0,6}(?:太|很|超|真|最|好)|□[^.!?;]{0,40}\b(?:was|were|is|are|had|has|made|got)\b")
"""Where a sentence says something of a title."""


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
    _requests: dict[str, bool] = field(default_factory=dict)

    def requests(self, words: str) -> bool:
        """Whether the message, or a sentence of it, asks for something to watch; kept, since many things ask for it."""
        if words not in self._requests:
            self._requests[words] = intents.requests(words)
        return self._requests[words]

    @cached_property
    def polarity(self) -> Polarity:
        """The colours of the message, once its titles are masked."""
        return Polarity(self.masked)

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """Years and running times that the message names, once its titles are masked."""
        return (*years(self.masked, ANY_YEAR), *runtimes(self.masked))

    def ids(self) -> list[str]:
        """The shown items that the message points at, in the order it does."""
        return [item_id for reference, _ in self.pointed for item_id in reference.ids]


def decide(draft: Draft, early: Intent | None) -> tuple[Intent, bool]:
    """The intent, and whether the wording settles it."""
    masked, state = draft.masked, draft.state
    started = state.is_running()
    operators = [stance.operator for _, stance in draft.titles]
    values = bool(draft.words or draft.people or draft.bounds or counts(masked))
    if early is Intent.ASK_WHY:
        return (Intent.ASK_WHY, True) if state.last_shown else (Intent.CHAT, False)
    if len(draft.titles) > 1 and intents.compares(masked) and not draft.requests(masked):
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
    if (draft.pointed or state.last_shown) and _asks_about_cards(draft):
        return Intent.ASK_ITEM, True
    if (
        (draft.titles or draft.pointed)
        and intents.asks_back(masked)
        and not any(not stance.neutral and stance.operator for _, stance in draft.titles)
    ):
        return Intent.ASK_ITEM, True
    requested = asks(draft)
    if draft.titles or draft.pointed:
        if intents.more_like(masked):
            if any(not one.weak for one, _ in draft.pointed):
                return Intent.MORE_LIKE, True
            if requested or not (intents.praises_first(masked) or intents.TELLING.search(masked)):
                return (Intent.REFINE if started else Intent.RECOMMEND), True
        if intent := _stated(draft, operators, requested=requested, values=values):
            return intent, True
    if not draft.words and not requested and (felt := intents.felt(masked)):
        return felt, True
    if not requested and intents.says_seen_it(masked):
        return Intent.SEEN, True
    if state.last_shown and intents.rejects(masked) and not draft.titles and not _changes(draft):
        return Intent.REJECT, not draft.words
    if not requested and (taste := _taste(draft)):
        return taste, True
    if requested and not values and not intents.compared(masked) and not draft.titles and intents.wants_more(masked):
        return Intent.RECOMMEND, True
    if requested or values or any(operators) or themes(masked) or (draft.titles and intents.compared(masked)):
        return (Intent.REFINE if started else Intent.RECOMMEND), requested
    if intents.critiqued(masked) and started:
        return Intent.REFINE, True
    return Intent.CHAT, intents.greets(masked)


def asks(draft: Draft) -> bool:
    """Whether something to watch is asked for: outright, or by naming a kind of film and saying nothing of it."""
    masked = draft.masked
    if draft.requests(masked):
        return True
    named = [(word.start, word.end) for word in draft.words if word.entry.section != "popularity"]
    named += [(person.start, person.end) for person in draft.people]
    named += [(bound.start, bound.end) for bound in draft.bounds]
    return any(
        not is_told_of(draft, start) and not opinions.follows(masked[end:].removeprefix(".")) for start, end in named
    )


def is_told_of(draft: Draft, place: int) -> bool:
    """Whether the sentence around this place only tells something: a taste, or what a film was like."""
    start = max((end.end() for end in _SENTENCE.finditer(draft.masked, 0, place)), default=0)
    end = _SENTENCE.search(draft.masked, place)
    sentence = draft.masked[start : end.start() if end else None]
    comma = _COMMA.search(sentence, place - start)
    told = sentence[: comma.start() if comma else None]
    tells = intents.tells(told) and not draft.requests(sentence)
    return tells or bool(_OF_A_TITLE.search(told))


def _taste(draft: Draft) -> Intent | None:
    """What a message that only tells of tastes says of kinds of films and people: liked, or else disliked."""
    spans = [(word.start, word.end) for word in draft.words if word.entry.section in ("genre", "wish")]
    spans += [(person.start, person.end) for person in draft.people]
    masked = draft.masked
    told = [
        span for span in spans if is_told_of(draft, span[0]) or opinions.follows(masked[span[1] :].removeprefix("."))
    ]
    colours = [draft.polarity.at(*span) for span in told]
    if not colours:
        return None
    return Intent.DISLIKE if all(colour == "refused" for colour in colours) else Intent.LIKE


def _changes(draft: Draft) -> bool:
    """Whether a message says what is wanted instead of the cards: another kind, or shorter ones."""
    named = [(one.start, one.end) for group in (draft.words, draft.people) for one in group]
    wanted = any(draft.polarity.at(*span) != "refused" for span in named)
    left_out = any(stance.operator == "except" and len(one.ids) == 1 for one, stance in draft.pointed)
    return wanted or (intents.compared(draft.masked) and not left_out)


def _asks_about_cards(draft: Draft) -> bool:
    """Whether a question, and no wish, is about something that a record may tell: "how much money did it make?"."""
    masked = draft.masked
    if not re.search(r"[?？]", masked) or draft.requests(masked) or intents.critiqued(masked):
        return False
    return questions().topic(masked) is not None


def _stated(draft: Draft, operators: list[Operator | None], *, requested: bool, values: bool) -> Intent | None:
    """The intent of a message that says what it thinks of titles or shown items, and asks for nothing else."""
    about = [stance.operator for reference, stance in draft.pointed if not reference.weak or stance.operator]
    said = [operator for operator in (*about, *operators) if operator]
    if not said or (requested and (values or not about or intents.compared(draft.masked))):
        return None
    if (
        said == ["="] * len(said)
        and about
        and re.search(r"^\W*□*[^,.!?]{0,24}\bbut\b", draft.masked)
        and intents.compared(draft.masked)
    ):
        return Intent.MORE_LIKE  # "number 4 but funnier"
    if values and not about and intents.names_what(draft.masked):
        return None
    for operator, intent in (
        ("=", Intent.LIKE),
        ("not", Intent.DISLIKE),
        ("seen", Intent.SEEN),
        ("except", Intent.REJECT),
    ):
        if operator in said:
            return (_taste(draft) or intent) if intent is Intent.SEEN else intent
    return None


def spans_of(*groups: Sequence[Mention | Person | Word | Reference]) -> list[tuple[int, int]]:
    """Start and end of everything in these groups."""
    return [(span.start, span.end) for group in groups for span in group]


def inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of these."""
    return any(start < high and low < end for low, high in spans)
