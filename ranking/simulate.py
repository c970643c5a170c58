"""Pretended conversations for validation: part of what a person liked is told, the rest has to be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ranking.interactions import Interactions, select
from retrieval.catalog import Catalog
from retrieval.types import Item, Query, Rows

_FEWEST_LIKES = 6
_HITS_A_KEYWORD = 0.3
"""How often the words of a wish are, as they stand, a keyword of the catalog."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a person said, and the rows that would please them (liked, not named, and meeting what was asked)."""

    query: Query
    relevant: Rows
    user: int


def simulate(catalog: Catalog, people: Interactions, per_user: int = 2, seed: int = 7) -> list[Case]:
    """Cases for each person with at least six likes: zero to five likes told, wishes taken from one item withheld.

    The wish is one or two of that item's genres, one or two of its keywords, or both, or (in a fifth of the cases)
    nothing; whoever told no like always has a wish. Some tell a dislike as well. Keywords are told in words only, as
    people tell moods and themes, which have to be found by meaning unless they hit a keyword; genres are understood.
    """
    rng = np.random.default_rng(seed)
    liked, disliked = people.likes(), select(people.matrix, people.matrix.data <= people.scale.dislike_to)
    cases = []
    for user in range(len(people.user_ids)):
        likes = liked[user].indices.astype(np.int64)
        if len(likes) < _FEWEST_LIKES:
            continue
        for _ in range(per_user):
            case = _case(catalog, rng, rng.permutation(likes), disliked[user].indices.astype(np.int64), user)
            if case is not None:
                cases.append(case)
    return cases


def _case(catalog: Catalog, rng: np.random.Generator, likes: Rows, dislikes: Rows, user: int) -> Case | None:
    told = int(rng.choice([0, 1, 2, 3, 5], p=[0.15, 0.25, 0.25, 0.2, 0.15]))
    known, withheld = likes[:told], likes[told:]
    target = catalog.item(int(withheld[0]))
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    if told == 0 or rng.random() < 0.8:
        genres, keywords = _some(rng, target.genres, 0.75), _some(rng, target.keywords, 0.6)
    if told == 0 and not genres and not keywords:
        return None
    unloved = dislikes[: int(rng.random() < 0.3)]
    query = Query(
        text=", ".join(keywords),
        liked=tuple(catalog.ids[row] for row in known),
        disliked=tuple(catalog.ids[row] for row in unloved),
        genres=genres,
        keywords=keywords if rng.random() < _HITS_A_KEYWORD else (),
    )
    relevant = [row for row in withheld if _meets(catalog.item(int(row)), genres, keywords)]
    return Case(query, np.array(relevant, np.int64), user)


def _some(rng: np.random.Generator, values: Sequence[str], chance: float) -> tuple[str, ...]:
    if not values or rng.random() > chance:
        return ()
    return tuple(rng.choice(values, size=min(len(values), int(rng.integers(1, 3))), replace=False).tolist())


def _meets(item: Item, genres: tuple[str, ...], keywords: tuple[str, ...]) -> bool:
    return set(genres) <= set(item.genres) and (not keywords or bool(set(keywords) & set(item.keywords)))


def split_users(people: Interactions, share: float, seed: int = 7) -> Iterator[Interactions]:
    """Two disjoint groups of people, the first with this share of them."""
    order = np.random.default_rng(seed).permutation(len(people.user_ids))
    cut = int(len(order) * share)
    yield people.users(np.sort(order[:cut]))
    yield people.users(np.sort(order[cut:]))
