"""Recommender models behind one protocol, `ranking.scorer.Scorer`: `fit_scorer` trains any of them by name."""

from ranking.models.registry import SCORERS, fit_scorer

__all__ = ["SCORERS", "fit_scorer"]
