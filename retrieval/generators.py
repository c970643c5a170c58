"""Candidate generators that need nothing but the catalog and its vectors."""
# The protocol gives every generator the same arguments.
# ruff: noqa: ARG002

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.esteem import esteem, fame, liking
from retrieval.exact import top
from retrieval.moods import wished
from retrieval.types import CandidateGenerator, Mask, Query, Rows, Scores, VectorIndex


def nothing() -> tuple[Rows, Scores]:
    """What a generator returns when the query gives it nothing to go by."""
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)


class NearGenerator(ABC):
    """Rows whose vectors are near a point. The retriever searches for the points of all such generators at once."""

    name: str

    def __init__(self, index: VectorIndex) -> None:
        self.index = index

    @abstractmethod
    def aim(self, query: Query, vector: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """The point, shape (d,), of length 1; None when the query gives nothing to go by."""

    def propose(
        self, query: Query, allowed: Mask, limit: int, vector: NDArray[np.float32] | None = None
    ) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows by cosine similarity to the point."""
        aim = self.aim(query, vector)
        return nothing() if aim is None else self.index.nearest(aim[None], allowed, limit)[0]


class SemanticGenerator(NearGenerator):
    """Rows whose texts are near the wishes."""

    name = "semantic"

    def aim(self, query: Query, vector: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """The query's embedding."""
        return vector


class SimilarToLikedGenerator(NearGenerator):
    """Rows whose texts are near the mean of the liked items' vectors."""

    name = "similar to liked"

    def __init__(self, catalog: Catalog, index: VectorIndex) -> None:
        super().__init__(index)
        self._catalog = catalog

    def aim(self, query: Query, vector: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """The direction of the mean."""
        liked = self._catalog.rows(query.liked)
        if not len(liked):
            return None
        centre: NDArray[np.float32] = self.index.vectors[liked].mean(axis=0)
        return centre / np.float32(max(float(np.linalg.norm(centre)), 1e-9))


class FactsGenerator:
    """Rows whose records carry what was asked for: genres, people, keywords, moods. More matches first, then esteem."""

    name = "facts"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._esteem = esteem(catalog)

    def propose(
        self, query: Query, allowed: Mask, limit: int, vector: NDArray[np.float32] | None = None
    ) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows with at least one match."""
        catalog = self._catalog
        masks: list[Mask | Scores] = [
            *(catalog.genre_mask([genre]) for genre in query.genres),
            *(catalog.people_mask([person]) for person in query.people),
            *(wished(catalog, [keyword]) for keyword in query.keywords),
        ]
        if not masks:
            return nothing()
        matches: Scores = masks[0].astype(np.float32)
        for mask in masks[1:]:
            matches += mask
        rows = np.flatnonzero(allowed & (matches > 0))
        # Half the esteem is less than a match or half of one, so it orders the rows of equal matches.
        scores = matches[rows] + 0.49 * self._esteem[rows]
        best = top(scores, limit)
        return rows[best], scores[best]


class PopularGenerator:
    """Rows that many people know and like: what is left when nothing else was said."""

    name = "popular"

    def __init__(self, catalog: Catalog) -> None:
        # "Lesser known" asks for what few have seen and those few liked, not for what nobody has voted on: liking
        # counts more than fame, and a few dozen votes are enough to believe it.
        hidden = np.where(catalog.votes > 0, liking(catalog, prior=50) - fame(catalog) / 4, -1).astype(np.float32)
        self._scores = {False: esteem(catalog), True: hidden}
        self._order = {lesser: np.argsort(-scores, kind="stable") for lesser, scores in self._scores.items()}

    def propose(
        self, query: Query, allowed: Mask, limit: int, vector: NDArray[np.float32] | None = None
    ) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows by esteem; for "lesser known" those with good votes but few of them."""
        lesser = query.popularity_bias < 0
        order, scores = self._order[lesser], self._scores[lesser]
        # The best are near the start of the order, unless the filter leaves little.
        for end in (limit * 20, len(order)):
            rows: Rows = order[:end][allowed[order[:end]]][:limit]
            if len(rows) == limit:
                break
        return rows, scores[rows]


def default_generators(catalog: Catalog, index: VectorIndex) -> tuple[CandidateGenerator, ...]:
    """The generators of this room, in the order of their steps in the trace."""
    return (
        SemanticGenerator(index),
        SimilarToLikedGenerator(catalog, index),
        FactsGenerator(catalog),
        PopularGenerator(catalog),
    )
