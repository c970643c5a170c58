"""What a cross-encoder learns from: turns with what was recommended and the rivals that the ranking put near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.corpus import Turn
from ranking.conversation.features import Table
from retrieval.types import Rows


@dataclass(frozen=True, slots=True)
class Group:
    """A turn with its gold first, then its rivals, the nearest first; `prior` is the ranking's score of each row.

    The ranking must not have learned from the turn's dialog: else its scores are better than they will be.
    """

    turn: Turn
    rows: Rows
    prior: NDArray[np.float64]
    gold: int

    def drawn(self, rivals: int, rng: np.random.Generator) -> Group:
        """One gold item and a random choice of so many rivals, in a group of one size."""
        first = rng.integers(self.gold)
        others = self.gold + rng.choice(len(self.rows) - self.gold, rivals, replace=False)
        places = np.append(first, others)
        return Group(self.turn, self.rows[places], self.prior[places], 1)


def make_groups(turns: Sequence[Turn], table: Table, prior: NDArray[np.float64], rivals: int) -> tuple[Group, ...]:
    """The groups of the turns of which gold is near the best: where no rival but the nearest ones is better.

    Gold that lies behind is not what a second look at the best will meet, and would teach to mistrust the ranking.
    `table` holds the candidates of the turns in their order, `prior` a score for each of its rows.
    """
    groups = []
    ends = np.cumsum(table.sizes)[:-1]
    columns = (np.split(table.rows, ends), np.split(prior, ends), np.split(table.gold, ends))
    for turn, rows, scores, gold in zip(turns, *columns, strict=True):
        far = np.flatnonzero(~gold)
        near = far[np.argsort(-scores[far], kind="stable")][:rivals]
        if len(near) < rivals:
            continue
        right = np.flatnonzero(gold & (scores >= scores[near[-1]]))
        if len(right):
            places = np.append(right, near)
            groups.append(Group(turn, rows[places], scores[places], len(right)))
    return tuple(groups)
