from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from ranking.ease import EASE, EASEConfig
from ranking.ials import IALS, IALSConfig
from ranking.interactions import Interactions

CONFIG = EASEConfig(regularisation=1.0)


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_weights_solve_the_regression_column_by_column() -> None:
    x = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]], np.float32)
    model = EASE.fit(csr_matrix(x), CONFIG)
    for target in range(3):
        others = [item for item in range(3) if item != target]
        a, b = x[:, others], x[:, target]
        expected = np.linalg.solve(a.T @ a + np.eye(2), a.T @ b)
        found = model.influence(rows(*others), rows(target))[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_fold_in_equals_batch_scores(interactions: Interactions) -> None:
    likes = interactions.likes()
    model = EASE.fit(likes, CONFIG)
    for user in range(3):
        folded = model.fold_in(likes[user].indices.astype(np.int64))
        np.testing.assert_allclose(folded, model.score(likes[user])[0], atol=1e-5)


def test_items_without_interactions_are_missing_and_unknown_people_too(interactions: Interactions) -> None:
    model = EASE.fit(interactions.likes(), CONFIG)
    scores = model.fold_in(rows(0))
    assert np.isnan(scores[12:]).all()
    assert np.isfinite(scores[:12]).all()
    assert np.isnan(model.fold_in(rows(12))).all()
    assert np.isnan(model.fold_in(rows())).all()


def test_dislikes_push_down(interactions: Interactions) -> None:
    model = EASE.fit(interactions.likes(), CONFIG)
    plain, warned = model.fold_in(rows(0, 1)), model.fold_in(rows(0, 1), rows(2))
    assert warned[4] < plain[4]


@pytest.mark.parametrize("items", [14, 15])
def test_change_of_a_user_equals_a_refit(interactions: Interactions, items: int) -> None:
    likes = interactions.likes()
    model = EASE.fit(likes, CONFIG)
    if items > 14:
        model.add_items(items)
        likes.resize((likes.shape[0], items))
    before, after = rows(0, 3), rows(0, 3, 5, items - 1)
    model.change_user(rows(), before)
    model.change_user(before, after)
    added = csr_matrix((np.ones(4, np.float32), after, [0, 4]), shape=(1, items))
    refit = EASE.fit(vstack([likes, added], format="csr"), CONFIG)
    np.testing.assert_allclose(model.fold_in(rows(0, 5)), refit.fold_in(rows(0, 5)), atol=1e-4)


@pytest.mark.parametrize(("kind", "config"), [(EASE, CONFIG), (IALS, IALSConfig(factors=4, iterations=5))])
def test_saved_model_scores_alike(kind: type, config: object, interactions: Interactions, tmp_path: Path) -> None:
    model = kind.fit(interactions.likes(), config)
    model.save(tmp_path / "model.npz")
    loaded = kind.load(tmp_path / "model.npz")
    assert loaded.config == config
    np.testing.assert_allclose(loaded.fold_in(rows(0, 2), rows(1)), model.fold_in(rows(0, 2), rows(1)), rtol=1e-5)


@pytest.mark.parametrize(("kind", "config"), [(EASE, CONFIG), (IALS, IALSConfig(factors=4, iterations=5))])
def test_a_fold_in_for_some_rows_is_part_of_that_for_all(
    kind: type, config: object, interactions: Interactions
) -> None:
    model = kind.fit(interactions.likes(), config)
    model.add_items(15)
    targets = rows(13, 7, 14, 0)
    everything = model.fold_in(rows(0, 2), rows(1))
    np.testing.assert_allclose(model.fold_in(rows(0, 2), rows(1), targets), everything[targets], rtol=1e-5)
    assert np.isnan(model.fold_in(rows(), rows(), targets)).all()


def test_ials_shares_a_score_out_among_the_likes(interactions: Interactions) -> None:
    model = IALS.fit(interactions.likes(), IALSConfig(factors=4, iterations=5))
    likes = rows(0, 2, 5)
    targets = np.arange(12)
    np.testing.assert_allclose(
        model.influence(likes, targets).sum(axis=0), model.fold_in(likes)[:12], rtol=1e-3, atol=1e-4
    )


def test_ials_takes_in_an_item_that_nobody_had_liked(interactions: Interactions) -> None:
    model = IALS.fit(interactions.likes(), IALSConfig(factors=4, iterations=5))
    model.change_user(rows(), rows(0, 2, 4, 12))
    scores = model.fold_in(rows(6, 8))
    assert scores[12] > scores[[1, 3, 5]].max()
