"""All measures of one system's lists, per user where a measure is one of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranking import metrics
from ranking.bench.data import RatingsData
from ranking.bench.splits import Split
from ranking.metrics import Estimate, Lists, PerUser

ACCURACY = ("precision", "recall", "F1", "NDCG", "MAP", "MRR", "hit rate")
BEYOND = ("coverage", "novelty", "diversity", "calibration")


@dataclass(frozen=True, slots=True)
class Result:
    """One system on one split: its settings as chosen on validation, and every measure for each user."""

    system: str
    origin: str
    settings: dict[str, Any]
    per_user: dict[str, PerUser]
    coverage: float

    @property
    def label(self) -> str:
        """As written in tables."""
        return f"{self.origin} {self.system}"

    def estimate(self, measure: str) -> Estimate:
        """Mean and 95 % interval; coverage is of the whole run and has none."""
        if measure == "coverage":
            return Estimate(self.coverage, self.coverage, self.coverage)
        return metrics.estimate(self.per_user[measure])


def evaluate(
    system: str, origin: str, settings: dict[str, Any], lists: Lists, split: Split, data: RatingsData
) -> Result:
    """Measure the lists against what was wanted. Calibration is low when good; all others are high."""
    found, relevant = metrics.hits(lists, split.wanted), split.relevant()
    training = split.training
    liked = split.profiles.copy()
    liked.data = (liked.data > 0).astype(np.float32)
    per_user = {
        "precision": metrics.precision(found),
        "recall": metrics.recall(found, relevant),
        "F1": metrics.f1(found, relevant),
        "NDCG": metrics.ndcg(found, relevant),
        "MAP": metrics.average_precision(found, relevant),
        "MRR": metrics.reciprocal_rank(found),
        "hit rate": metrics.hit(found),
        "novelty": metrics.novelty(lists, training.counts(), max(1, int((np.diff(training.matrix.indptr) > 0).sum()))),
        "diversity": metrics.diversity(lists, data.vectors),
        "calibration": metrics.calibration(lists, liked, data.genres),
    }
    return Result(system, origin, settings, per_user, metrics.coverage(lists, len(training.item_ids)))


def validation_score(lists: list[Lists], splits: tuple[Split, ...]) -> float:
    """NDCG over the people of all validation splits; one list of lists for each split."""
    found = [
        metrics.ndcg(metrics.hits(one, split.wanted), split.relevant())
        for one, split in zip(lists, splits, strict=True)
    ]
    return float(np.concatenate(found).mean())
