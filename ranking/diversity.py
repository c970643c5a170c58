"""Keeping the list from being five sequels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.calibration import divergence
from retrieval.types import Scores

_MOST = 0.7
"""Weight of unlikeness at diversity 1; above it relevance would hardly count."""

_CALIBRATION = 1.4
"""Weight of a unit of divergence from the taste beside that of unlikeness."""

_RIVALS = 4
"""For each place in the list, how many of the best items set the scale of relevance."""


def one_of_each(scores: Scores, families: Sequence[str], count: int) -> NDArray[np.int64]:
    """Places of the best of each family, ascending; of at least `count` items, if need be with more of a family.

    `scores` and `families` have shape (n,).
    """
    order = np.argsort(-scores, kind="stable")
    _, first = np.unique(np.asarray(families, dtype=np.str_)[order], return_index=True)
    rest = np.setdiff1d(np.arange(len(order)), first)
    kept = np.concatenate([first, rest[: max(count - len(first), 0)]])
    return np.sort(order[kept])


@dataclass(frozen=True, slots=True)
class Taste:
    """Shares of the genres in what was liked, `wanted` of shape (genres,), and in each item, `items` (n, genres)."""

    wanted: NDArray[np.float32]
    items: NDArray[np.float32]


def diversify(
    scores: Scores, vectors: NDArray[np.float32], count: int, diversity: float, taste: Taste | None = None
) -> NDArray[np.int64]:
    """Places of `count` items in the order to show them: maximal marginal relevance (Carbonell, Goldstein 1998).

    `scores` has shape (n,), `vectors` (n, d), L2-normalised. `diversity` 0 keeps the order of the scores, 1 prefers
    what is unlike everything before it. With a `taste` the list also keeps to its proportions (Steck 2018).
    """
    count = min(count, len(scores))
    weight = _MOST * min(max(diversity, 0.0), 1.0)
    if weight == 0 or count < 2:
        return np.argsort(-scores, kind="stable")[:count]
    # The scale of the places that are in question: one weak item more in the pool must not make all others look alike.
    rivals = np.sort(scores)[-_RIVALS * count :]
    low, high = float(rivals[0]), float(rivals[-1])
    relevance = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    closest = np.zeros(len(scores), np.float32)
    chosen: list[int] = []
    left = np.ones(len(scores), np.bool_)
    while len(chosen) < count:
        marginal = (1 - weight) * relevance - weight * closest
        if taste is not None:
            listed = (taste.items[chosen].sum(axis=0) + taste.items) / (len(chosen) + 1)
            marginal = marginal - _CALIBRATION * weight * divergence(taste.wanted, listed)
        place = int(np.where(left, marginal, -np.inf).argmax())
        chosen.append(place)
        left[place] = False
        closest = np.maximum(closest, vectors @ vectors[place])
    return np.array(chosen, np.int64)
