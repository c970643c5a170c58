"""Recall, NDCG and MRR over whole-catalog ranks, each gold item a sample, with intervals by dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CUTOFFS = (1, 5, 10, 20, 50)
_AT_ONCE = 250


@dataclass(frozen=True)
class Ranks:
    """One rank (1 is best) and one dialog for each gold item, both of shape (n,)."""

    ranks: NDArray[np.float64]
    dialogs: NDArray[np.str_]

    def measures(self) -> dict[str, NDArray[np.float64]]:
        """Each measure's value for each gold item.

        NDCG has one relevant item a sample, so the ideal gain is 1: 1 / log2(1 + rank) within the first ten.
        """
        found = {f"R@{cutoff}": (self.ranks <= cutoff).astype(np.float64) for cutoff in CUTOFFS}
        found["NDCG@10"] = np.where(self.ranks <= 10, 1.0 / np.log2(1.0 + self.ranks), 0.0)
        found["MRR"] = 1.0 / self.ranks
        return found

    def means(self) -> dict[str, float]:
        """The mean of each measure."""
        return {name: float(values.mean()) if len(values) else 0.0 for name, values in self.measures().items()}

    def intervals(self, samples: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each measure."""
        return {name: self.interval(name, samples, seed) for name in self.measures()}

    def interval(self, measure: str, samples: int = 1000, seed: int = 0) -> tuple[float, float]:
        """A 95 % interval by resampling dialogs (percentile bootstrap; Efron, 1979)."""
        return _percentiles(_resampled(self.measures()[measure], self.dialogs, samples, seed))


@dataclass(frozen=True, slots=True)
class Difference:
    """`measure` of one system minus that of another on the same gold, its 95 % interval and two-sided p."""

    measure: str
    mean: float
    low: float
    high: float
    p: float


def rank_of(scores: NDArray[np.floating], place: int) -> float:
    """The rank of one item; among equals the mean of their ranks. `scores` of shape (items,), -inf where left out."""
    own = scores[place]
    return 1.0 + float((scores > own).sum()) + (float((scores == own).sum()) - 1.0) / 2.0


def compare(first: Ranks, second: Ranks, measure: str = "R@10", samples: int = 2000, seed: int = 0) -> Difference:
    """Paired bootstrap by dialog. Raises ValueError unless both rank the same gold in the same order."""
    if len(first.ranks) != len(second.ranks) or (first.dialogs != second.dialogs).any():
        raise ValueError("the systems were not run on the same cases")
    gain = first.measures()[measure] - second.measures()[measure]
    means = _resampled(gain, first.dialogs, samples, seed)
    low, high = _percentiles(means)
    tail = min(float((means <= 0).mean()), float((means >= 0).mean()))
    return Difference(measure, float(gain.mean()) if len(gain) else 0.0, low, high, min(1.0, 2.0 * tail))


def _resampled(values: NDArray[np.float64], dialogs: NDArray[np.str_], samples: int, seed: int) -> NDArray[np.float64]:
    if not len(values):
        return np.zeros(samples)
    _, owner = np.unique(dialogs, return_inverse=True)
    sums, counts = np.bincount(owner, values), np.bincount(owner)
    rng = np.random.default_rng(seed)
    pieces = []
    for start in range(0, samples, _AT_ONCE):
        drawn = rng.integers(0, len(sums), (min(_AT_ONCE, samples - start), len(sums)))
        pieces.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(pieces)


def _percentiles(means: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
