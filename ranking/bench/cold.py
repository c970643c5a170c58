"""Cold start: people of whom no, one, three or five likes are known, and items nobody has rated."""

from __future__ import annotations

import numpy as np

from ranking.bench.data import RatingsData
from ranking.bench.evaluation import ACCURACY, Result, evaluate
from ranking.bench.report import Table, rows_of
from ranking.bench.splits import Split, cold_people, first_likes, make_split
from ranking.bench.systems import Implicit, filled
from ranking.metrics import Lists
from ranking.models import fit_scorer
from ranking.models.content import Content, ContentConfig
from ranking.models.fitted import FittedScorer
from ranking.models.hybrid import Hybrid, HybridConfig, hide, top

TOLD = (0, 1, 3, 5)
_SETTINGS: dict[str, dict[str, object]] = {"popular": {}, "ease": {"regularisation": 200.0}, "item-knn": {}}


def cold_rows(data: RatingsData, depth: int) -> list[Table]:
    """A table of new people for each number of likes told, and one of new items."""
    training, people = cold_people(data.interactions)
    scorers = _scorers(training, data)
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


def _scorers(training: object, data: RatingsData) -> list[FittedScorer]:
    fitted = [fit_scorer(name, training, **settings) for name, settings in _SETTINGS.items()]  # type: ignore[arg-type]
    content = Content(ContentConfig(), data.vectors)
    parts = [fitted[1], content, fitted[0]]
    # Fixed, not learned: a person with few likes is told apart by the fold-in, and lives on popularity before it.
    hybrid = Hybrid(HybridConfig({"ease": 1.0, "content": 0.2, "popular": 0.2}), parts)
    return [hybrid, *fitted, content]


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
    split = Split(split.training, split.profiles, wanted, split.trained).people(np.diff(wanted.indptr) > 0)
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
