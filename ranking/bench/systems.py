"""The systems under comparison that run in this process: ours, and those of the library `implicit`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Protocol

import numpy as np
from implicit.utils import ParameterWarning
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ranking.bench.splits import Split
from ranking.metrics import Lists
from ranking.models import fit_scorer
from ranking.models.fitted import FittedScorer, Profiles, known, positives
from ranking.models.hybrid import hide, top
from ranking.models.popular import Popular

Settings = Mapping[str, Any]


class System(Protocol):
    """Something that recommends."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    @property
    def origin(self) -> str:
        """Whose it is: "ours" or the library's name."""
        ...

    @property
    def grid(self) -> Sequence[Settings]:
        """The settings to choose among on validation data."""
        ...

    def recommend(self, split: Split, settings: Sequence[Settings], depth: int) -> list[Lists]:
        """For each of the settings: train on the split and recommend to its people, shape (people, depth).

        Nothing that a person's profile holds is recommended. A list may end early, in places of -1.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ours:
    """A model of `ranking.models`. It is remembered once trained: the hybrid needs it again.

    With `last` in its settings it is asked about so many of a person's likes only, the last ones.
    """

    name: str
    grid: Sequence[Settings]
    model: str = ""
    origin: str = "ours"
    trained: dict[str, tuple[Split, FittedScorer]] = field(default_factory=dict, repr=False)

    def recommend(self, split: Split, settings: Sequence[Settings], depth: int) -> list[Lists]:
        """See `System`."""
        return [top(hide(self.scores(split, one), split.profiles), depth) for one in settings]

    def scores(self, split: Split, settings: Settings) -> NDArray[np.float32]:
        """Those of the model trained on the split, for its people, shape (people, items)."""
        own = {name: value for name, value in settings.items() if name != "last"}
        key = f"{id(split)} {sorted(own.items())}"
        if key not in self.trained:
            # The split is kept too, so that no other gets its id.
            self.trained[key] = split, fit_scorer(self.model or self.name, split.training, **own)
        return self.trained[key][1].score(split.recent(settings["last"]) if "last" in settings else split.profiles)


@dataclass(frozen=True, slots=True)
class Implicit:
    """A model of the library `implicit`, used as its documentation says, new people by its own fold-in."""

    name: str
    grid: Sequence[Settings]
    origin: str = "implicit"

    def recommend(self, split: Split, settings: Sequence[Settings], depth: int) -> list[Lists]:
        """See `System`. BPR has no fold-in: people without training get an empty list."""
        return [self._one(split, dict(one), depth) for one in settings]

    def _one(self, split: Split, settings: dict[str, Any], depth: int) -> Lists:
        signal = settings.pop("signal")
        training = positives(split.training.preferences(), signal)
        profiles = positives(split.profiles, signal)
        with threadpool_limits(1, "blas"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ParameterWarning)  # it converts a matrix of its own making
            model = self._model(settings)
            model.fit(training, show_progress=False)
            return self._ask(model, split, profiles, depth)

    def _ask(self, model: Any, split: Split, profiles: Profiles, depth: int) -> Lists:
        lists = np.full((profiles.shape[0], depth), -1, np.int64)
        if self.name == "bpr":
            people, options = np.flatnonzero(split.trained >= 0), {}
            ids = split.trained[people]
        else:
            people = ids = np.flatnonzero(known(profiles))
            options = {"recalculate_user": True} if self.name == "als" else {}
        if len(people):
            # What was rated but is no positive is asked for, then left out here: the library hides positives only.
            extra = int(np.diff(split.profiles.indptr).max())
            found, scores = model.recommend(ids, profiles[people], N=depth + extra, **options)
            rated = split.profiles[people]
            for place, person in enumerate(people):
                seen = rated.indices[rated.indptr[place] : rated.indptr[place + 1]]
                fresh = found[place][(scores[place] > -1e30) & ~np.isin(found[place], seen) & (found[place] >= 0)]
                lists[person, : len(fresh[:depth])] = fresh[:depth]
        return lists

    def _model(self, settings: dict[str, Any]) -> Any:
        from implicit.cpu.als import AlternatingLeastSquares
        from implicit.cpu.bpr import BayesianPersonalizedRanking
        from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

        kinds = {
            "als": AlternatingLeastSquares,
            "bpr": BayesianPersonalizedRanking,
            "item-knn": CosineRecommender,
            "item-knn bm25": BM25Recommender,
            "item-knn tfidf": TFIDFRecommender,
        }
        if self.name in ("als", "bpr"):
            settings["random_state"] = 7
        return kinds[self.name](**settings)


def combinations(**values: Sequence[Any]) -> tuple[Settings, ...]:
    """Every combination of the values, as settings."""
    return tuple(dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))


def systems() -> list[System]:
    """The systems of this process with their grids: as many settings for a model of theirs as for one of ours.

    A positive is a like for all of them, since likes are what has to be found; the other libraries know no dislikes, so
    EASE and iALS are not told them either. Two of ours are asked about the last likes only, for what comes next: the
    other libraries have no model that reads times.
    """
    likes, tails, none = ("likes",), (20, 100), (0.0,)
    factors = combinations(factors=(64,), regularisation=(1.0, 10.0), alpha=(8.0,), dislike_weight=none, signal=likes)
    return [
        Ours("popular", combinations(half_life=(0.0, 720.0, 4000.0), signal=likes)),
        Ours("ease", combinations(regularisation=(20.0, 60.0, 200.0), dislike_weight=none, signal=likes)),
        Ours("slim", combinations(l1=(1.0,), l2=(1.0, 20.0), signal=likes)),
        Ours("ease of the last", combinations(regularisation=(200.0,), signal=likes, last=(3, 10, 30)), "ease"),
        Ours("item-knn of the last", combinations(neighbours=(100,), signal=likes, last=(1, 3, 10)), "item-knn"),
        Ours("ials", factors),
        Ours("item-knn", combinations(neighbours=(30, 100), shrinkage=(20.0,), signal=likes)),
        Ours("user-knn", combinations(neighbours=(30, 80, 200), shrinkage=(20.0,), signal=likes)),
        Ours("mult-vae", combinations(epochs=(50,), kl_weight=(0.1, 0.4), signal=likes)),
        Implicit("als", combinations(factors=(64,), regularization=(1.0, 10.0), alpha=(8.0,), signal=likes)),
        Implicit("bpr", combinations(factors=(64,), learning_rate=(0.05,), iterations=(100, 300), signal=likes)),
        Implicit("item-knn", combinations(K=tails, signal=likes)),
        Implicit("item-knn bm25", combinations(K=tails, signal=likes)),
        Implicit("item-knn tfidf", combinations(K=tails, signal=likes)),
    ]


def filled(lists: Lists, split: Split) -> Lists:
    """Lists without gaps: what a system leaves open is filled with the most popular items it has not named.

    All systems are treated alike, so that none is punished for people it does not know.
    """
    if (lists >= 0).all():
        return lists
    counts = np.nan_to_num(Popular.fit(split.training).counts)
    order = np.argsort(-counts, kind="stable")
    done = lists.copy()
    for person in np.flatnonzero((lists < 0).any(axis=1)):
        named = done[person][done[person] >= 0]
        seen = split.profiles[int(person)].indices
        more = order[~np.isin(order, [*named, *seen])]
        done[person] = np.append(named, more)[: lists.shape[1]]
    return done
