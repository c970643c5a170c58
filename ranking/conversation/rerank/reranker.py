"""What a second look offers, and how it changes a ranking."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.corpus import Turn
from retrieval.types import Rows


class Reranker(Protocol):
    """A dear score for the best `depth` items of a turn, which counts `weight` times beside the ranking's."""

    @property
    def depth(self) -> int:
        """How many of the best are looked at again."""
        ...

    @property
    def weight(self) -> float:
        """What its score counts beside the ranking's."""
        ...

    def scores(self, turn: Turn, rows: Rows) -> NDArray[np.float64]:
        """What to add for each of these rows, shape (rows,)."""
        ...


def reranked(scores: NDArray[np.float64], turn: Turn, reranker: Reranker) -> NDArray[np.float64]:
    """The scores of all catalog rows, shape (items,), those of the best in the order of the sum.

    The best keep their scores as a set, so that whatever stood behind them stays behind.
    """
    able = int(np.isfinite(scores).sum())
    best = np.argsort(-scores, kind="stable")[: min(reranker.depth, able)]
    if not len(best) or not reranker.weight:
        return scores
    total = scores[best] + reranker.weight * reranker.scores(turn, best)
    found = scores.copy()
    found[best[np.argsort(-total, kind="stable")]] = scores[best]
    return found
