"""SLIM's weights are those that coordinate descent finds."""

import numpy as np
import pandas as pd

from ranking.interactions import Interactions
from ranking.models.slim import SLIM, SLIMConfig


def _descended(gram: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """One weight after the other, as in Friedman, Hastie & Tibshirani (2010)."""
    weights = np.zeros_like(gram)
    for _ in range(300):
        for i, j in np.argwhere(~np.eye(len(gram), dtype=bool)):
            left = gram[i, j] - gram[i] @ weights[:, j] + gram[i, i] * weights[i, j]
            weights[i, j] = max(0.0, left - l1) / (gram[i, i] + l2)
    return weights


def test_the_weights_are_the_minimum() -> None:
    chosen = np.random.default_rng(0).random((60, 8)) < 0.3
    chosen[:, 1] = chosen[:, 0]
    rows = [(f"u{user}", f"i{item}") for user, item in np.argwhere(chosen)]
    interactions = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "item_id"]))
    model = SLIM.fit(interactions, SLIMConfig(1.0, 2.0, iterations=300))
    taken = interactions.matrix.toarray() > 0
    expected = _descended((taken.T @ taken.astype(np.float64)), 1.0, 2.0)
    np.testing.assert_allclose(model.weights.toarray(), expected, atol=1e-4)
    assert (model.weights.diagonal() == 0).all()


def test_only_the_most_chosen_items_have_weights() -> None:
    rows = [(f"u{user}", f"i{item}") for user in range(20) for item in range(user % 5 + 2)]
    interactions = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "item_id"]))
    model = SLIM.fit(interactions, SLIMConfig(most_items=3))
    assert set(np.flatnonzero(model.weights.toarray().any(axis=0))) <= {0, 1, 2}
