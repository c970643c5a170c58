"""The facts an explanation may use: the records of the shown items, the evidence, and the wishes understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.explaining.lexicon import lexicon
from assistant.state import DialogueState
from ranking.types import Ranked, Ranking
from retrieval.types import Constraints, Item, unique

_LABEL_YEAR = re.compile(r" \(\d{4}\)$")
_SHORT_FORMS = (("world war ii", "wwii ww2"), ("artificial intelligence", "ai"), ("extraterrestrial", "alien"))
_WORD = re.compile(r"[a-z0-9à-ɏ]+(?:['’-][a-z0-9à-ɏ]+)*")


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What is known of one shown item.

    `liked` are the titles that point at it, `met` the values of its record that met a wish, `words` all words of its
    record in lower case.
    """

    ranked: Ranked
    liked: tuple[str, ...]
    met: tuple[str, ...]
    genres: frozenset[str]
    words: frozenset[str]

    @property
    def item(self) -> Item:
        """The item on the card."""
        return self.ranked.item

    @property
    def record(self) -> str:
        """The record's free text, for claims that must stand in it."""
        return " ".join((*self.item.keywords, self.item.description, self.item.tagline)).lower()


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a whole turn. `liked` are titles that the person named; `wishes` their wishes in words."""

    cards: tuple[CardFacts, ...]
    liked: tuple[str, ...]
    wishes: tuple[str, ...]
    wished_genres: frozenset[str]
    refused_genres: frozenset[str]
    people: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]
    language: str


def shown(ranking: Ranking) -> tuple[Ranked, ...]:
    """The cards of a ranking: its items, or what comes nearest when nothing passed."""
    return ranking.cards


def gather(ranking: Ranking, state: DialogueState) -> Facts:
    """Everything that an explanation of these cards may say."""
    cards = tuple(_card(ranked) for ranked in shown(ranking))
    limits = state.limits
    said = [evidence.words for ranked in shown(ranking) for evidence in ranked.evidence if evidence.words]
    met = [one.value for ranked in shown(ranking) for one in ranked.evidence if one.kind == "genre" and one.words]
    wishes = unique([*wish_lines(state), *said])
    bounds = (limits.year_from, limits.year_to, limits.runtime_from, limits.runtime_to)
    # "After 2005" is kept as 2006, and the person may say either; the same on the other side.
    numbers = {str(bound + step) for bound in bounds if bound for step in (-1, 0, 1)}
    numbers |= set(re.findall(r"\d+", " ".join((*state.wishes, *said))))
    people = unique([*state.people, *sorted(limits.people_any)])
    return Facts(
        cards=cards,
        liked=unique([*(title for card in cards for title in card.liked), *state.unknown_likes]),
        wishes=wishes,
        wished_genres=frozenset(map(lexicon().canonical, (*state.genres, *limits.genres_any, *met))),
        refused_genres=frozenset(map(lexicon().canonical, limits.not_genres)),
        people=people,
        words=frozenset(words_of(" ".join((*wishes, *state.wishes, *people)))),
        numbers=frozenset(numbers),
        language=state.language,
    )


def bare(label: str) -> str:
    """A title without the year that a label carries: "Inception (2010)" is Inception."""
    return _LABEL_YEAR.sub("", label)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order; hyphenated words come whole and in parts."""
    found: list[str] = []
    for word in _WORD.findall(text.lower().replace("’", "'")):
        whole = word.removesuffix("'s")
        found.append(whole)
        if "-" in whole:
            found.extend(whole.split("-"))
    return found


def wish_lines(state: DialogueState) -> tuple[str, ...]:
    """The wishes understood, each in a few words of the person's language."""
    return _wishes_zh(state) if state.language == "zh" else _wishes_en(state)


def _wishes_en(state: DialogueState) -> tuple[str, ...]:
    limits = state.limits
    lines = [*state.wishes, *state.genres, *state.people]
    lines += [genre for genre in sorted(limits.genres_any) if genre not in state.genres]
    lines += [person for person in sorted(limits.people_any) if person not in state.people]
    lines += _between(limits.year_from, limits.year_to, "{} or later", "up to {}", "{} to {}")
    lines += _between(limits.runtime_from, limits.runtime_to, "at least {} min", "at most {} min", "{} to {} min")
    lines += [f"no {value}" for value in _refused(limits)]
    return unique(lines)


def _wishes_zh(state: DialogueState) -> tuple[str, ...]:
    limits, zh = state.limits, lexicon().zh_genre
    lines = [*map(lexicon().zh_wish, state.wishes), *map(zh, state.genres), *state.people]
    lines += [zh(genre) for genre in sorted(limits.genres_any) if genre not in state.genres]
    lines += [person for person in sorted(limits.people_any) if person not in state.people]
    lines += _between(limits.year_from, limits.year_to, "{}年以后", "{}年以前", "{}到{}年")
    lines += _between(limits.runtime_from, limits.runtime_to, "至少{}分钟", "不超过{}分钟", "{}到{}分钟")
    lines += [f"不要{zh(value)}" for value in _refused(limits)]
    return unique(lines)


def _refused(limits: Constraints) -> list[str]:
    return [*sorted(limits.not_genres), *sorted(limits.not_keywords), *sorted(limits.not_people)]


def _between(low: int | None, high: int | None, from_: str, to: str, both: str) -> list[str]:
    if low is not None and high is not None:
        return [both.format(low, high)]
    if low is not None:
        return [from_.format(low)]
    return [to.format(high)] if high is not None else []


def _card(ranked: Ranked) -> CardFacts:
    item = ranked.item
    text = " ".join(
        (
            *item.genres,
            *item.keywords,
            item.title,
            item.description,
            item.tagline,
            *(credit.name for credit in item.people),
            *item.countries,
        )
    )
    text += "".join(f" {short}" for long, short in _SHORT_FORMS if long in text.lower())
    return CardFacts(
        ranked=ranked,
        liked=tuple(bare(evidence.value) for evidence in ranked.evidence if evidence.kind == "liked"),
        met=tuple(evidence.value for evidence in ranked.evidence if evidence.kind in {"keyword", "wish"}),
        genres=frozenset(map(lexicon().canonical, item.genres)),
        words=frozenset(words_of(text)),
    )
