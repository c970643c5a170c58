"""Exact search finds what comparing everything finds, however the vectors are read."""

import numpy as np
import pytest

from retrieval import exact
from retrieval.bench import synthetic_vectors
from retrieval.exact import ExactSearch, top

VECTORS, AIMS = synthetic_vectors(30_000, 24), synthetic_vectors(3, 24, seed=8)


@pytest.mark.parametrize("few", [100, 50_000])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.001])
def test_the_nearest_of_what_is_allowed_in_order(monkeypatch: pytest.MonkeyPatch, few: int, share: float) -> None:
    monkeypatch.setattr(exact, "_FEW", few)
    allowed = np.random.default_rng(7).random(len(VECTORS)) < share
    found = ExactSearch(VECTORS).nearest(AIMS, allowed, 200)
    assert len(found) == len(AIMS)
    for (rows, cosines), aim in zip(found, AIMS, strict=True):
        expected = np.flatnonzero(allowed)[np.argsort(-(VECTORS[allowed] @ aim), kind="stable")][:200]
        assert rows.tolist() == expected.tolist()
        np.testing.assert_allclose(cosines, VECTORS[expected] @ aim, atol=1e-6)


def test_a_vector_without_length_is_far_from_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "_FEW", 1)
    vectors = np.vstack([np.zeros((1, 24), np.float32), VECTORS[:9]])
    ((rows, cosines),) = ExactSearch(vectors).nearest(VECTORS[3:4], np.ones(10, np.bool_), 2)
    assert rows[0] == 4
    assert cosines[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("limit", [0, 1, 20, 5000, 20_000])
def test_the_highest_first_and_ties_by_position(limit: int) -> None:
    scores = np.random.default_rng(7).permutation(10_000).astype(np.float32)
    assert top(scores, limit).tolist() == np.argsort(-scores)[:limit].tolist()
    scores[:9990] = -np.inf
    assert top(scores, 10).tolist() == (9990 + np.argsort(-scores[9990:])).tolist()
    assert top(np.zeros(5, np.float32), limit).tolist() == [0, 1, 2, 3, 4][:limit]
