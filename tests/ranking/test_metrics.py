"""Every measure against values worked out by hand, and NDCG against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.metrics import ndcg_score

from ranking import metrics

LISTS = np.array([[0, 1, 2], [3, 4, -1], [5, 0, 1]])
RELEVANT = csr_matrix(
    np.array([[1, 0, 1, 1, 1, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0]], np.float32)
)  # user 0: items 0, 2, 3, 4; user 1: item 4; user 2: item 3
HITS = metrics.hits(LISTS, RELEVANT)
COUNTS = np.array([4, 1, 1])


def test_hits_are_looked_up_and_empty_places_are_none() -> None:
    assert HITS.tolist() == [[True, False, True], [False, True, False], [False, False, False]]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (metrics.precision(HITS), [2 / 3, 1 / 3, 0]),
        (metrics.recall(HITS, COUNTS), [2 / 4, 1, 0]),
        (metrics.f1(HITS, COUNTS), [2 * (2 / 3) * 0.5 / (2 / 3 + 0.5), 0.5, 0]),
        # discounts 1, 1/log2(3) = .6309, 1/2; ideal lists: three hits (2.1309), one hit (1)
        (metrics.ndcg(HITS, COUNTS), [1.5 / 2.13093, 0.63093, 0]),
        # precision at hits: 1 and 2/3, over the 3 that the list could hold; 1/2 over 1
        (metrics.average_precision(HITS, COUNTS), [(1 + 2 / 3) / 3, 0.5, 0]),
        (metrics.reciprocal_rank(HITS), [1, 0.5, 0]),
        (metrics.hit(HITS), [1, 1, 0]),
    ],
)
def test_accuracy_measures(found: np.ndarray, expected: list[float]) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_ndcg_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    relevant = (rng.random((20, 30)) < 0.2).astype(np.float32)
    relevant[:, 0] = 1
    scores = rng.random((20, 30))
    lists = np.argsort(-scores, axis=1)[:, :10]
    found = metrics.ndcg(metrics.hits(lists, csr_matrix(relevant)), relevant.sum(axis=1).astype(int))
    assert found.mean() == pytest.approx(ndcg_score(relevant, scores, k=10))


def test_coverage_counts_items_recommended_to_anybody() -> None:
    assert metrics.coverage(LISTS, 12) == pytest.approx(6 / 12)


def test_novelty_is_mean_self_information() -> None:
    counts = np.array([8, 4, 2, 1, 0, 8])
    # 8 users: 0, 1, 2, 3 bits; unknown items count as known to one user
    np.testing.assert_allclose(metrics.novelty(LISTS, counts, 8), [1, 3, 1 / 3])


def test_diversity_is_mean_unlikeness_of_pairs() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    np.testing.assert_allclose(metrics.diversity(LISTS, vectors), [2 / 3, 0, 2 / 3], atol=1e-6)


def test_calibration_is_the_smoothed_divergence_of_genres() -> None:
    genres = np.array([[1, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    profiles = csr_matrix(np.array([[1, 0, 1, 0], [0, 0, 0, 1]], np.float32))
    lists = np.array([[0, 2], [0, 1]])
    # user 0: half and half, listed half and half; user 1: half and half against only the first genre
    expected = 0.5 * np.log(0.5 / (0.99 + 0.005)) + 0.5 * np.log(0.5 / 0.005)
    np.testing.assert_allclose(metrics.calibration(lists, profiles, genres), [0, expected], atol=1e-6)


def test_rating_errors() -> None:
    actual, predicted = np.array([5, 3, 1], np.float32), np.array([4, 3, 3.5], np.float32)
    found = metrics.rating_errors(actual, predicted, like_from=3.5)
    assert found["RMSE"] == pytest.approx(np.sqrt((1 + 0 + 6.25) / 3))
    assert found["MAE"] == pytest.approx(3.5 / 3)
    assert found["accuracy"] == pytest.approx(2 / 3)


def test_interval_holds_the_mean_and_narrows_with_users() -> None:
    rng = np.random.default_rng(2)
    few, many = metrics.estimate(rng.random(50)), metrics.estimate(rng.random(5000))
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low
    # the standard error of 5,000 uniform numbers is .0041: 95 % lie within 1.96 of them
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.2887 / np.sqrt(5000), rel=0.1)
    assert metrics.estimate(np.ones(9)) == metrics.Estimate(1, 1, 1)


def test_paired_comparison_sees_a_small_steady_difference() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(300)
    better = metrics.compare(base + 0.01 + rng.normal(0, 0.01, 300), base)
    assert better.p < 0.01
    assert better.low > 0
    assert metrics.compare(rng.permutation(base), base).p > 0.05
    assert metrics.compare(base, base) == metrics.Difference(0, 0, 0, 1)
