"""The measures of a recommender, per user, so that any mean has its confidence interval.

`hits` everywhere is a truth table of shape (users, depth): whether the item at each place of a user's list is relevant;
`relevant` of shape (users,) is how many relevant items each user has, at least one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import bootstrap
from sklearn.metrics import accuracy_score, mean_absolute_error, root_mean_squared_error

from ranking.calibration import divergence

PerUser = NDArray[np.float64]
"""One value for each user, shape (users,)."""

Hits = NDArray[np.bool_]
Counts = NDArray[np.int64]
Lists = NDArray[np.int64]
"""Recommended items, best first, shape (users, depth)."""


def hits(lists: Lists, relevant: csr_matrix[np.float32]) -> Hits:
    """Look the lists up in a sparse table (users, items) of relevant items; a place of -1 is empty, never a hit."""
    wanted = [set(relevant.indices[relevant.indptr[u] : relevant.indptr[u + 1]].tolist()) for u in range(len(lists))]
    return np.array([[item in wanted[u] for item in row] for u, row in enumerate(lists.tolist())], np.bool_)


def precision(found: Hits) -> PerUser:
    """Share of the list that is relevant."""
    return np.asarray(found.mean(axis=1), np.float64)


def recall(found: Hits, relevant: Counts) -> PerUser:
    """Share of the relevant items that the list holds."""
    return np.asarray(found.sum(axis=1) / relevant)


def f1(found: Hits, relevant: Counts) -> PerUser:
    """Harmonic mean of precision and recall; 0 when nothing was found."""
    p, r = precision(found), recall(found, relevant)
    return np.asarray(2 * p * r / np.where(p + r > 0, p + r, 1), np.float64)


def ndcg(found: Hits, relevant: Counts) -> PerUser:
    """Discounted gain against the best possible list of this depth (binary gains, logarithm to base 2)."""
    discounts = 1 / np.log2(np.arange(2, found.shape[1] + 2))
    best = np.cumsum(discounts)[np.minimum(relevant, found.shape[1]) - 1]
    return np.asarray(found @ discounts / best)


def average_precision(found: Hits, relevant: Counts) -> PerUser:
    """Mean of the precision at each hit, over as many as the list could hold; its mean over users is MAP."""
    at_hits = found * np.cumsum(found, axis=1) / np.arange(1, found.shape[1] + 1)
    return np.asarray(at_hits.sum(axis=1) / np.minimum(relevant, found.shape[1]))


def reciprocal_rank(found: Hits) -> PerUser:
    """One over the place of the first hit, 0 without one; its mean is MRR."""
    return np.asarray(found.any(axis=1) / (found.argmax(axis=1) + 1.0), np.float64)


def hit(found: Hits) -> PerUser:
    """1 when the list holds a relevant item at all; its mean is the hit rate."""
    return np.asarray(found.any(axis=1), np.float64)


def coverage(lists: Lists, items: int) -> float:
    """Share of the catalog that is recommended to anybody."""
    return len(np.unique(lists[lists >= 0])) / items


def novelty(lists: Lists, counts: Counts, users: int) -> PerUser:
    """Mean self-information in bits: -log2 of the share of users who know the item (one at least)."""
    return _mean(-np.log2(np.maximum(counts, 1) / users)[np.maximum(lists, 0)], lists >= 0)


def diversity(lists: Lists, vectors: NDArray[np.float32]) -> PerUser:
    """Intra-list diversity: mean of 1 - cosine over the pairs of a list. `vectors` is (items, d), L2-normalised."""
    pairs = np.triu_indices(lists.shape[1], 1)
    spread = []
    for row in lists:
        cosines = (vectors[row] @ vectors[row].T)[pairs]
        present = (row >= 0)[pairs[0]] & (row >= 0)[pairs[1]]
        spread.append(float(1 - cosines[present].mean()) if present.any() else 0.0)
    return np.array(spread)


def calibration(lists: Lists, profiles: csr_matrix[np.float32], genres: NDArray[np.float32]) -> PerUser:
    """Divergence of the list's genres from those of the user's history; 0 is perfect (Steck, RecSys 2018).

    `profiles` is (users, items) with what each user liked before; `genres` is (items, genres), 1 for each genre.
    """
    shares = genres / np.maximum(genres.sum(axis=1, keepdims=True), 1)
    history = _distribution(np.asarray(profiles @ shares, np.float64))
    shown = np.where((lists >= 0)[:, :, None], shares[np.maximum(lists, 0)], 0).sum(axis=1)
    return divergence(history, _distribution(shown.astype(np.float64)))


def rating_errors(actual: NDArray[np.float32], predicted: NDArray[np.float32], like_from: float) -> dict[str, float]:
    """RMSE, MAE, and the share of ratings whose side (like or not) is predicted right."""
    return {
        "RMSE": float(root_mean_squared_error(actual, predicted)),
        "MAE": float(mean_absolute_error(actual, predicted)),
        "accuracy": float(accuracy_score(actual >= like_from, predicted >= like_from)),
    }


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over users with its 95 % confidence interval."""

    mean: float
    low: float
    high: float


def estimate(per_user: PerUser, seed: int = 7) -> Estimate:
    """Mean and percentile bootstrap over users (2,000 resamples)."""
    mean = float(per_user.mean())
    if len(per_user) < 2 or np.ptp(per_user) == 0:
        return Estimate(mean, mean, mean)
    interval = _resample(per_user, seed).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high))


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of one system minus another's over the same users, its interval, and the two-sided bootstrap p value."""

    mean: float
    low: float
    high: float
    p: float


def compare(one: PerUser, other: PerUser, seed: int = 7) -> Difference:
    """Paired bootstrap: the same users are drawn for both systems."""
    delta = one - other
    mean = float(delta.mean())
    if len(delta) < 2 or np.ptp(delta) == 0:
        return Difference(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    drawn = _resample(delta, seed)
    means = drawn.bootstrap_distribution
    p = min(1.0, 2 * min(float((means <= 0).mean()), float((means >= 0).mean())))
    return Difference(mean, float(drawn.confidence_interval.low), float(drawn.confidence_interval.high), p)


def _resample(values: PerUser, seed: int) -> Any:
    return bootstrap(
        (values,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(seed), batch=200
    )


def _distribution(weights: PerUser) -> PerUser:
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12))


def _mean(of: NDArray[np.float64], where: Hits) -> PerUser:
    return np.asarray((of * where).sum(axis=1) / np.maximum(where.sum(axis=1), 1))
