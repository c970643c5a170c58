from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from ranking.interactions import Interactions
from ranking.models import fit_scorer
from ranking.models.content import Content, ContentConfig
from ranking.models.fitted import positives
from ranking.models.hybrid import Hybrid, HybridConfig, hide, standardised, top


def test_faded_counts_prefer_what_is_chosen_now() -> None:
    day = 86_400
    old = [("a", 0), ("a", 0), ("a", 0), ("b", 100 * day), ("b", 100 * day)]
    rows = [{"user_id": f"u{n}", "item_id": item, "timestamp": time} for n, (item, time) in enumerate(old)]
    interactions = Interactions.from_frame(pd.DataFrame(rows))
    assert fit_scorer("popular", interactions).fold_in(np.array([], np.int64)).tolist() == [3, 2]
    faded = fit_scorer("popular", interactions, half_life=50.0).fold_in(np.array([], np.int64))
    np.testing.assert_allclose(faded, [3 * 0.25, 2])


def test_svd_predicts_ratings_that_are_a_sum_of_biases() -> None:
    people, items = np.linspace(-1, 1, 30), np.linspace(-1, 1, 20)
    rng = np.random.default_rng(0)
    rows = [
        {"user_id": f"u{u:02}", "item_id": f"i{i:02}", "rating": 3 + people[u] + items[i]}
        for u in range(30)
        for i in range(20)
        if rng.random() < 0.7 or (u, i) in {(0, 0), (29, 19)}
    ]
    interactions = Interactions.from_frame(pd.DataFrame(rows))
    model = fit_scorer("svd", interactions, factors=2, bias_regularisation=0.1)
    found = model.score(interactions.preferences())
    half = (interactions.scale.high - interactions.scale.low) / 2
    predicted = (found + 1) * half + interactions.scale.low
    actual = 3 + people[:, None] + items[None, :]
    assert np.sqrt(np.mean((predicted - actual) ** 2)) < 0.15


def test_positives_of_a_signal() -> None:
    table = csr_matrix((np.array([1.0, 0.2, -0.5], np.float32), [0, 1, 2], [0, 3]), shape=(1, 3))
    assert positives(table, "likes", 0.5).toarray().tolist() == [[1, 0, -0.5]]
    assert positives(table, "all").toarray().tolist() == [[1, 1, 1]]


def test_lists_are_best_first_and_end_where_scores_do() -> None:
    scores = np.array([[0.1, np.nan, 0.9, 0.5], [np.nan, np.nan, -np.inf, 1.0]], np.float32)
    assert top(scores, 3).tolist() == [[2, 3, 0], [3, -1, -1]]


def test_standard_scores_of_a_row_and_what_is_hidden() -> None:
    profiles = csr_matrix(np.array([[0, 0, 1, 0]], np.float32))
    scores = np.array([[1, 3, 9, np.nan]], np.float32)
    np.testing.assert_allclose(standardised(scores, profiles), [[-1, 1, 7, 0]])
    assert np.isneginf(hide(scores, profiles)[0, 2])


def test_a_cautious_hybrid_trusts_little_knowledge_less() -> None:
    rows = [{"user_id": f"u{u}", "item_id": f"i{i}", "rating": 5.0} for u in range(6) for i in range(4) if i <= u]
    popular = fit_scorer("popular", Interactions.from_frame(pd.DataFrame(rows)))
    content = Content(ContentConfig(), np.eye(4, dtype=np.float32)[[0, 1, 1, 2]])
    weights = {"popular": 1.0, "content": 1.0}
    profile = csr_matrix((np.ones(1, np.float32), [3], [0, 1]), shape=(1, 4))
    bold, careful = (Hybrid(HybridConfig(weights, caution), [popular, content]).score(profile)[0] for caution in (0, 9))
    alone = Hybrid(HybridConfig({"popular": 1.0, "content": 0.0}), [popular, content]).score(profile)[0]
    np.testing.assert_allclose(careful - alone, 0.1 * (bold - alone), atol=1e-5)


def test_hybrid_learns_to_follow_the_part_that_knows() -> None:
    rng = np.random.default_rng(0)
    right = np.eye(40, dtype=np.float32)[np.arange(40) // 4 * 4]
    noise = rng.normal(size=(40, 8)).astype(np.float32)
    good = Content(ContentConfig(), right)
    bad = Content(ContentConfig(), noise / np.linalg.norm(noise, axis=1, keepdims=True))
    bad.name = "noise"  # type: ignore[misc]
    profiles = csr_matrix(np.eye(40, dtype=np.float32)[::4])
    wanted = csr_matrix(np.eye(40, dtype=np.float32)[1::4])
    hybrid = Hybrid.learn([good, bad], profiles, wanted)
    assert hybrid.config.weights["content"] > hybrid.config.weights["noise"]
    with pytest.raises(ValueError, match="nobody wants"):
        Hybrid.learn([good, bad], profiles, csr_matrix(wanted.shape, dtype=np.float32))
    with pytest.raises(ValueError, match="one weight"):
        Hybrid(HybridConfig({"content": 1.0}), [good, bad])
