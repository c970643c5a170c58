"""Which system serves: the hybrid, or a single part that did better for dialogs that neither has learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.features import Table
from ranking.conversation.learner import Learner
from ranking.conversation.measures import Ranks, rank_of

HYBRID = "hybrid"
SINGLE: Mapping[str, str] = {
    "CF only (EASE over dialogs)": "heavy_sum",
    "networks only": "neural",
    "linear only": "linear",
    "semantic only (what was said)": "said_all",
    "popularity": "pop_named",
}
"""Systems that are one part's score."""

_MEASURE = "NDCG@10"


@dataclass(frozen=True, slots=True)
class Choice:
    """The name of the best system, and the NDCG@10 of each over `gold` held-out items, best first."""

    system: str
    measured: Mapping[str, float]
    gold: int

    @property
    def score(self) -> str | None:
        """The part's score that serves; None for the hybrid."""
        return SINGLE.get(self.system)


def choose(learner: Learner, table: Table, fold: NDArray[np.int64], gold: int) -> Choice:
    """Compare on turns with all their candidates, each ranked by the model that was stopped by its `fold` only.

    No feature comes from a part that has seen the turn's dialog. `gold` counts the gold items of the turns; those
    among no turn's candidates are missed by all alike.
    """
    scores: dict[str, NDArray[np.float64]] = {HYBRID: learner.held_out(table, fold)}
    for name, part in SINGLE.items():
        if part in table.names:
            scores[name] = table.features[:, table.names.index(part)].astype(np.float64)
    ends = np.append(0, np.cumsum(table.sizes))
    ranks = {name: np.full(gold, np.inf) for name in scores}
    found = 0
    for start, end in pairwise(ends.tolist()):
        for place in np.flatnonzero(table.gold[start:end]):
            for name, values in scores.items():
                ranks[name][found] = rank_of(values[start:end], int(place))
            found += 1
    means = {name: Ranks(values, np.zeros(gold, np.str_)).means()[_MEASURE] for name, values in ranks.items()}
    measured = dict(sorted(means.items(), key=lambda pair: -pair[1]))
    return Choice(max(measured, key=lambda name: (measured[name], name == HYBRID)), measured, gold)
