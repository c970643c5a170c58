"""How well known and well liked the items of a catalog are."""

from __future__ import annotations

import numpy as np

from retrieval.catalog import Catalog
from retrieval.types import Scores

_VOTES_PRIOR = 500.0
"""Votes at which an item's own mean counts as much as the catalog's: a 9.0 from three people is not a 9.0."""


def esteem(catalog: Catalog) -> Scores:
    """How well known and well liked each row is, shape (len(catalog),): the product of the two, the highest being 1."""
    both = fame(catalog) * liking(catalog)
    return (both / max(float(both.max(initial=0.0)), 1e-9)).astype(np.float32)


def fame(catalog: Catalog) -> Scores:
    """The logarithm of the votes, as a share of the catalog's highest."""
    log_votes = np.log1p(np.nan_to_num(catalog.votes))
    return (log_votes / max(float(log_votes.max(initial=0.0)), 1e-9)).astype(np.float32)


def liking(catalog: Catalog, prior: float = _VOTES_PRIOR) -> Scores:
    """The mean vote on a scale of 0 to 1, drawn towards the catalog's mean by `prior` votes."""
    votes = np.nan_to_num(catalog.votes.astype(np.float64))
    ratings = catalog.ratings.astype(np.float64)
    known = np.isfinite(ratings)
    mean = float(ratings[known].mean()) if known.any() else 5.0
    shrunk = (votes * np.where(known, ratings, mean) + prior * mean) / (votes + prior)
    return (shrunk / 10).astype(np.float32)
