"""The facts that speak for an item: a liked title that points at it, and what of its record was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ranking.types import Evidence, Parts
from retrieval.moods import moods
from retrieval.types import Item, Query

_WORD = re.compile(r"[^\W_]{3,}")
_EMPTY_WORDS = frozenset(
    {"the", "and", "for", "with", "from", "that", "this", "about", "like", "movie", "movies", "film", "films", "book"}
    | {"books", "something", "some", "any", "really", "very", "good", "great", "best", "not", "but", "want", "would"}
    | {"watch", "read", "see", "love", "loved", "more", "less", "than", "has", "have", "are", "was", "were"}
)
_MANY_VOTES = 2000
_HIGH_RATING = 7.0


def evidence(item: Item, query: Query, parts: Parts, liked: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence for one item, strongest first; `liked` is that of the liked items, from `pointing`."""
    found = [*liked, *_asked(item, query, parts), *_limits(item, query)]
    if item.rating is not None and item.rating >= _HIGH_RATING and (item.votes or 0) >= _MANY_VOTES // 20:
        found.append(Evidence("rating", f"{item.rating:.1f}", weight=0.04 * (item.rating - _HIGH_RATING)))
    if (item.votes or 0) >= _MANY_VOTES:
        words = "more popular" if query.popularity_bias > 0 else ""
        found.append(Evidence("popularity", str(item.votes), words, max(parts.popularity, 0.0) * 0.5))
    return tuple(sorted(found, key=lambda one: -one.weight))


def _asked(item: Item, query: Query, parts: Parts) -> list[Evidence]:
    weight = max(parts.match, 0.1)
    names = {credit.name.casefold(): credit.name for credit in item.people}
    genres = dict.fromkeys((*query.genres, *sorted(query.constraints.genres_any)))
    people = dict.fromkeys((*query.people, *sorted(query.constraints.people_any)))
    found = [
        Evidence("person", names[asked.casefold()], asked, weight) for asked in people if asked.casefold() in names
    ]
    found += [Evidence("genre", asked.lower(), asked, weight * 0.9) for asked in genres if asked.lower() in item.genres]
    keywords = [asked for asked in query.keywords if asked.lower() in item.keywords]
    found += [Evidence("keyword", asked.lower(), asked, weight) for asked in keywords]
    met = {asked.lower() for asked in (*genres, *keywords)}
    return found + [
        Evidence("wish", value, words, max(parts.semantic, 0.1))
        for value, words in _wishes(item, query.text)
        if value not in met
    ]


def _wishes(item: Item, text: str) -> list[tuple[str, str]]:
    """Keywords and genres of the record that say what a wish says, each with the wish.

    One of the two has to lie within the other: "heist" meets "bank heist", "mind-bending" does not meet "mind control".
    A mood is met by what speaks for it.
    """
    names = [wish.strip() for wish in text.split(",")]
    wishes = [(wish, _stems(wish)) for wish in names if wish not in moods()]
    pairs = [(value, wish) for wish in names if wish in moods() for value in moods()[wish].speaking(item)[:2]]
    for value in (*item.keywords, *item.genres):
        stems = _stems(value)
        met = [wish for wish, asked in wishes if stems and asked and (stems <= asked or asked <= stems)]
        if met:
            pairs.append((value, met[0]))
    return pairs[:3]


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _limits(item: Item, query: Query) -> list[Evidence]:
    limits = query.constraints
    found = []
    if _within(item.year, limits.year_from, limits.year_to):
        found.append(Evidence("year", str(item.year), _bounds(limits.year_from, limits.year_to), 0.05))
    if _within(item.runtime, limits.runtime_from, limits.runtime_to):
        words = _bounds(limits.runtime_from, limits.runtime_to) + " minutes"
        found.append(Evidence("runtime", f"{item.runtime} minutes", words, 0.05))
    return found


def _within(value: int | None, low: int | None, high: int | None) -> bool:
    """Whether a limit is set and kept; the nearest items, shown when nothing is left, may break it."""
    if value is None or (low is None and high is None):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def _bounds(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if low is not None else f"up to {high}"


def pointing(
    liked: Sequence[Item],
    items: Sequence[Item],
    influence: NDArray[np.float32],
    cosines: NDArray[np.float32],
    parts: Sequence[Parts],
) -> list[list[Evidence]]:
    """For each item the liked ones that speak for it, with how much of its score each accounts for, most first.

    The collaborative part is shared out by `influence`, the similarity part by `cosines`, both of shape (likes, items);
    only what speaks for an item counts.
    """
    collaborative = _shared_out([one.collaborative for one in parts], influence)
    similar = _shared_out([one.liked_similarity for one in parts], cosines)
    added = collaborative + similar
    points: list[list[Evidence]] = []
    for column, item in enumerate(items):
        found = []
        for row in sorted(range(len(liked)), key=lambda row: -added[row, column]):
            if (weight := float(added[row, column])) > 0:
                title, like = liked[row].label(), set(liked[row].genres) & set(item.genres)
                others = not like and bool(collaborative[row, column] > similar[row, column])
                found.append(Evidence("liked", title, title, weight, others))
        points.append(found)
    return points


def _shared_out(part: Sequence[float], shares: NDArray[np.float32]) -> NDArray[np.float64]:
    speaking = np.clip(np.nan_to_num(shares), 0.0, None).astype(np.float64)
    total = speaking.sum(axis=0)
    each: NDArray[np.float64] = np.maximum(part, 0.0) * speaking
    shared: NDArray[np.float64] = np.divide(each, total, out=np.zeros_like(each), where=total > 0)
    return shared
