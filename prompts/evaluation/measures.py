"""Measures of a run: ratios of sums over cases, with bootstrap intervals and a paired test.

Every measure of a case is a pair (amount, out of); a run's value is the sum of the first over the sum of the second.
A mean is (x, 1); a micro-averaged F1 is (2 TP, 2 TP + FP + FN). Resampling whole cases keeps what belongs together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
SEED = 7
# Measures of which less is better; for all others more is.
LOWER_IS_BETTER = frozenset(
    {"spurious", "prompt_tokens", "completion_tokens", "seconds", "first_seconds", "violations", "repeats", "turns"}
    | {"invented", "cards_seconds", "leaks"}
)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case came to. `output` is what the system wrote, `notes` what was wrong with it."""

    id: str
    passed: bool
    measures: Mapping[str, tuple[float, float]]
    output: Any = None
    notes: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval, over `cases` cases."""

    value: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True, slots=True)
class Difference:
    """New minus old on the same cases, its 95 % interval, and the two-sided p of a sign-flip permutation test."""

    value: float
    low: float
    high: float
    p: float
    worse: bool
    better: bool


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One suite, run with one version. `stopped` says that the budget ended before the last case."""

    suite: str
    prompt: str
    engine: str
    results: tuple[CaseResult, ...]
    seconds: float = 0.0
    stopped: bool = False
    fresh_calls: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """The measures, in the order in which they first appear."""
        return tuple(dict.fromkeys(name for result in self.results for name in result.measures))


def pairs(results: Sequence[CaseResult], name: str) -> NDArray[np.float64]:
    """A measure's (amount, out of) per case, shape (n, 2); zeros where a case does not have it."""
    return np.array([result.measures.get(name, (0.0, 0.0)) for result in results], np.float64).reshape(-1, 2)


def estimate(results: Sequence[CaseResult], name: str, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """The measure with a percentile bootstrap interval over cases."""
    values = pairs(results, name)
    rows = _draw(len(values), draws, seed)
    low, high = _interval(_ratio(values[rows].sum(axis=1)))
    counted = int((values[:, 1] != 0).sum())
    return Estimate(float(_ratio(values.sum(axis=0, keepdims=True))[0]), low, high, counted)


def difference(
    new: Sequence[CaseResult], old: Sequence[CaseResult], name: str, draws: int = DRAWS, seed: int = SEED
) -> Difference:
    """The paired difference over the cases that both have."""
    before = {result.id: result for result in old}
    both = [(result, before[result.id]) for result in new if result.id in before]
    a, b = pairs([one for one, _ in both], name), pairs([other for _, other in both], name)
    rows = _draw(len(both), draws, seed)
    drawn = _ratio(a[rows].sum(axis=1)) - _ratio(b[rows].sum(axis=1))
    low, high = _interval(drawn)
    value = float((_ratio(a.sum(axis=0, keepdims=True)) - _ratio(b.sum(axis=0, keepdims=True)))[0])
    p = _sign_flip(a, b, value, draws, seed)
    sign = -1 if name in LOWER_IS_BETTER else 1
    return Difference(
        value, low, high, p, worse=max(sign * low, sign * high) < 0, better=min(sign * low, sign * high) > 0
    )


def flipped(new: Sequence[CaseResult], old: Sequence[CaseResult]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the cases that pass now and did not, and of those that did and do not."""
    before = {result.id: result.passed for result in old}
    both = [result for result in new if result.id in before]
    fixed = tuple(result.id for result in both if result.passed and not before[result.id])
    return fixed, tuple(result.id for result in both if not result.passed and before[result.id])


def f1(predicted: Sequence[object], expected: Sequence[object]) -> tuple[float, float]:
    """A case's share of a micro F1: (2 TP, 2 TP + FP + FN)."""
    got, gold = set(predicted), set(expected)
    hits = len(got & gold)
    return 2.0 * hits, float(2 * hits + len(got - gold) + len(gold - got))


def _draw(count: int, draws: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, max(count, 1), (draws, count))


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    ratios: NDArray[np.float64] = np.full(len(sums), np.nan)
    np.divide(sums[:, 0], sums[:, 1], out=ratios, where=sums[:, 1] != 0)
    return ratios


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    return float(np.percentile(known, 2.5)), float(np.percentile(known, 97.5))


def _sign_flip(a: NDArray[np.float64], b: NDArray[np.float64], value: float, draws: int, seed: int) -> float:
    """Exchange the two systems case by case at random: how often is the difference as large as the one seen?"""
    if not len(a) or np.isnan(value):
        return float("nan")
    swap = np.random.default_rng(seed + 1).random((draws, len(a), 1)) < 0.5
    first, second = np.where(swap, b, a).sum(axis=1), np.where(swap, a, b).sum(axis=1)
    random = np.nan_to_num(_ratio(first) - _ratio(second))
    return float((1 + (np.abs(random) >= abs(value) - 1e-12).sum()) / (draws + 1))
