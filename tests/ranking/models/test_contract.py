"""What every scorer has to do, run against all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from ranking.interactions import Interactions
from ranking.models import SCORERS, fit_scorer
from ranking.models.content import Content, ContentConfig
from ranking.models.fitted import FittedScorer
from ranking.models.hybrid import Hybrid, HybridConfig
from ranking.scorer import Scorer
from tests.ranking.conftest import checkerboard

SIZE = 20
COLD = "z-cold"
SETTINGS: dict[str, dict[str, object]] = {
    "ease": {"regularisation": 5.0},
    "slim": {"l2": 1.0},
    "ials": {"factors": 4, "alpha": 5.0},
    "bpr": {"factors": 4, "iterations": 300},
    "item-knn": {"neighbours": 20},
    "user-knn": {"neighbours": 20},
    "svd": {"factors": 4},
    "mult-vae": {"hidden": 16, "latent": 4, "epochs": 200, "dropout": 0.2, "learning_rate": 0.01},
}
PERSONAL = ["ease", "ials", "bpr", "item-knn", "user-knn", "item-knn-pearson", "user-knn-pearson", "svd", "mult-vae"]
PERSONAL += ["slim", "content", "hybrid"]


@pytest.fixture(scope="module")
def board() -> Interactions:
    ids, rows = checkerboard(SIZE)
    return Interactions.from_frame(pd.DataFrame(rows), (*ids.tolist(), COLD))


@pytest.fixture(scope="module")
def fit(board: Interactions) -> Callable[[str], FittedScorer]:
    made: dict[str, FittedScorer] = {}

    def by_name(name: str) -> FittedScorer:
        if name not in made:
            made[name] = _fit(name, board, by_name)
        return made[name]

    return by_name


def _fit(name: str, board: Interactions, by_name: Callable[[str], FittedScorer]) -> FittedScorer:
    if name == "content":
        vectors = np.tile(np.eye(2, dtype=np.float32), (SIZE // 2 + 1, 1))[: SIZE + 1]
        return Content(ContentConfig(), vectors)
    if name == "hybrid":
        parts = [by_name("ease"), by_name("content"), by_name("popular")]
        return Hybrid(HybridConfig({"ease": 1.0, "content": 0.5, "popular": 0.1}), parts)
    base, _, similarity = name.removesuffix("-pearson"), "", name.endswith("-pearson")
    more = {"similarity": "pearson"} if similarity else {}
    return fit_scorer(base, board, **{**SETTINGS.get(base, {}), **more})


def profile(*entries: tuple[int, float]) -> csr_matrix:
    rows = [row for row, _ in entries]
    values = np.array([value for _, value in entries], np.float32)
    return csr_matrix((values, rows, [0, len(rows)]), shape=(1, SIZE + 1))


@pytest.mark.parametrize("name", PERSONAL)
def test_the_withheld_item_comes_first(name: str, fit: Callable[[str], FittedScorer], board: Interactions) -> None:
    scores = fit(name).score(board.preferences())
    for user in range(SIZE):
        number = int(board.user_ids[user][1:])
        unseen = {item: scores[user, item] for item in range(SIZE) if item != number}
        same = [score for item, score in unseen.items() if (item - number) % 2 == 0]
        other = [score for item, score in unseen.items() if (item - number) % 2]
        assert np.isfinite(scores[user, number])
        assert scores[user, number] > max(other), (name, number)
        assert np.mean(same) > np.mean(other)


@pytest.mark.parametrize("name", PERSONAL)
def test_a_person_who_was_not_in_training_is_folded_in(name: str, fit: Callable[[str], FittedScorer]) -> None:
    scorer: Scorer = fit(name)
    scores = scorer.fold_in(np.array([0, 2, 4]), np.array([1]))
    assert scores.shape == (SIZE + 1,)
    assert scores.dtype == np.float32
    assert np.nanmin(scores[[6, 8, 10, 12]]) > np.nanmax(scores[[5, 7, 9, 11]])


@pytest.mark.parametrize("name", [*PERSONAL, "popular"])
def test_what_nobody_chose_is_missing(name: str, fit: Callable[[str], FittedScorer]) -> None:
    scores = fit(name).fold_in(np.array([0, 2]))
    assert np.isnan(scores[SIZE]) == (name not in {"content", "hybrid"})
    assert np.isfinite(scores[:SIZE]).all()


@pytest.mark.parametrize("name", [*PERSONAL, "popular"])
def test_nothing_known_of_a_person_is_missing_too(name: str, fit: Callable[[str], FittedScorer]) -> None:
    scores = fit(name).score(profile())
    assert np.isfinite(scores).any() == (name in {"popular", "hybrid"})
    only_cold = fit(name).fold_in(np.array([SIZE]))
    assert only_cold.shape == (SIZE + 1,)


@pytest.mark.parametrize("name", [*PERSONAL, "popular"])
def test_a_saved_model_scores_alike(name: str, fit: Callable[[str], FittedScorer], tmp_path: Path) -> None:
    scorer = fit(name)
    scorer.save(tmp_path / "model.npz")
    loaded = SCORERS[scorer.name].load(tmp_path / "model.npz")
    assert loaded.config == scorer.config
    known = profile((0, 1.0), (3, -1.0), (5, 0.4))
    np.testing.assert_allclose(loaded.score(known), scorer.score(known), rtol=1e-4, atol=1e-5)


def test_another_models_file_is_refused(fit: Callable[[str], FittedScorer], tmp_path: Path) -> None:
    fit("popular").save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match="popular"):
        SCORERS["ease"].load(tmp_path / "model.npz")


def test_unknown_name_lists_the_models(board: Interactions) -> None:
    with pytest.raises(ValueError, match="ease"):
        fit_scorer("guess", board)
