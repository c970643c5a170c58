"""Cold start: people of whom no, one, three or five likes are known, and items nobody has rated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ranking.bench.data import RatingsData
from ranking.bench.evaluation import ACCURACY, Result, evaluate, validation_score
from ranking.bench.report import Table, rows_of
from ranking.bench.splits import Split, cold_people, first_likes, make_split
from ranking.bench.systems import Implicit, filled
from ranking.interactions import Interactions
from ranking.metrics import Lists
from ranking.models import fit_scorer
from ranking.models.content import Content, ContentConfig
from ranking.models.fitted import FittedScorer
from ranking.models.hybrid import Hybrid, HybridConfig, hide, top

TOLD = (0, 1, 3, 5)
_SETTINGS: dict[str, dict[str, Any]] = {"popular": {}, "ease": {"regularisation": 200.0}, "item-knn": {}}


def cold_rows(data: RatingsData, depth: int) -> list[Table]:
    """A table of new people for each number of likes told, and one of new items."""
    training, people = cold_people(data.interactions)
    scorers = _scorers(training, data, depth)
    tables = []
    for told in TOLD:
        split = first_likes(training, people, told)
        results = [_measured(scorer, split, data, depth) for scorer in scorers]
        if told:
            als = Implicit("als", ())
            settings = {"factors": 32, "regularization": 1.0, "alpha": 4.0, "signal": "likes"}
            lists = filled(als.recommend(split, [settings], depth)[0], split)
            results.append(evaluate("als", "implicit", settings, lists, split, data))
        title = f"New people, {told} likes known"
        note = f"{len(split.trained)} people of whom nothing was trained on; their likes from the sixth on are wanted"
        tables.append(Table(title, note, ACCURACY, rows_of(results, ACCURACY)))
    return [*tables, _new_items(data, depth)]


def _scorers(training: Interactions, data: RatingsData, depth: int) -> list[FittedScorer]:
    fitted, content = _fitted(training), Content(ContentConfig(), data.vectors)
    return [Hybrid(_choose(training, data, depth), [*fitted, content]), *fitted, content]


def _fitted(training: Interactions) -> list[FittedScorer]:
    return [fit_scorer(name, training, **settings) for name, settings in _SETTINGS.items()]


def _choose(training: Interactions, data: RatingsData, depth: int) -> HybridConfig:
    """The hybrid's settings with the highest NDCG for other new people, taken out of the training part."""
    rest, people = cold_people(training, seed=8)
    parts = [*_fitted(rest), Content(ContentConfig(), data.vectors)]
    splits = [first_likes(rest, people, told) for told in TOLD if told]

    def reached(config: HybridConfig) -> float:
        hybrid = Hybrid(config, parts)
        lists = [filled(top(hide(hybrid.score(split.profiles), split.profiles), depth), split) for split in splits]
        return validation_score(lists, tuple(splits))

    tried = [
        HybridConfig({"popular": popular, "ease": 1.0, "item-knn": 0.3, "content": 0.05}, caution)
        for popular in (0.3, 1.0)
        for caution in (0.0, 3.0, 10.0)
    ]
    return max(tried, key=reached)


def _measured(scorer: FittedScorer, split: Split, data: RatingsData, depth: int) -> Result:
    lists = filled(top(hide(scorer.score(split.profiles), split.profiles), depth), split)
    return evaluate(scorer.name, "ours", {}, lists, split, data)


def _new_items(data: RatingsData, depth: int) -> Table:
    """People under the temporal protocol who liked an item without any rating before: only such items are ranked."""
    split = make_split(data.interactions, "temporal-known")
    fresh = split.training.counts() == 0
    wanted = split.wanted.copy()
    wanted.data[~fresh[wanted.indices]] = 0
    wanted.eliminate_zeros()
    split = replace(split, wanted=wanted).people(np.diff(wanted.indptr) > 0)
    title = "New items, ranked among themselves"
    if not len(split.trained):
        return Table(title, "nobody under test liked an item without earlier ratings", ACCURACY, ())
    content = Content(ContentConfig(), data.vectors)
    scores = hide(content.score(split.profiles), split.profiles)
    scores[:, ~fresh] = -np.inf
    drawn = np.random.default_rng(7).random(scores.shape).astype(np.float32)
    drawn[:, ~fresh] = -np.inf
    results = [
        evaluate("content", "ours", {}, _padded(top(scores, depth), fresh), split, data),
        evaluate("at random", "ours", {}, _padded(top(hide(drawn, split.profiles), depth), fresh), split, data),
    ]
    note = f"{len(split.trained)} people, {int(fresh.sum())} items without a rating; every collaborative model is blind"
    return Table(title, note, ACCURACY, rows_of(results, ACCURACY))


def _padded(lists: Lists, fresh: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Lists:
    return np.where(lists >= 0, lists, np.flatnonzero(fresh)[0])
