"""From candidates to the cards: score, diversify, and say what speaks for each item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ranking.blend import BlendWeights, Signals, blend
from ranking.calibration import genre_shares
from ranking.diversity import Taste, diversify, one_of_each
from ranking.evidence import evidence, pointing
from ranking.kinship import kinship
from ranking.match import match
from ranking.scorer import CollaborativeModel
from ranking.types import Parts, Ranked, Ranking
from retrieval.catalog import Catalog
from retrieval.esteem import esteem
from retrieval.text import key
from retrieval.titlekeys import series
from retrieval.types import Candidates, Constraints, Query, Rows, Scores, Step

_POOL = 60
"""How many of the best are looked at by the diversification; more would only bring in weaker items."""

_NEAREST_POOL = 2000


class Vectors(Protocol):
    """Where the item embeddings are, shape (len(catalog), d), L2-normalised: `retrieval.index.ItemIndex`."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """One row per catalog row."""
        ...


class Ranker:
    """Ranks candidates for a query. It never shows an item that breaks a limit, was excluded, or was itself named."""

    def __init__(
        self,
        catalog: Catalog,
        index: Vectors,
        model: CollaborativeModel | None,
        weights: BlendWeights,
        counts: NDArray[np.int64],
    ) -> None:
        """`counts` holds the number of interactions of each row, shape (len(catalog),); `model` may be missing."""
        self.catalog = catalog
        self.index = index
        self.model = model
        self.weights = weights
        self.counts = counts
        self.popularity = popularity(catalog, counts)

    def rank(self, query: Query, candidates: Candidates) -> Ranking:
        """The best `query.count` of the candidates, with parts and evidence, and how many were left after each step.

        When nothing may be shown, `blocking` and `nearest` say which limits stand in the way.
        """
        trace = [*candidates.trace]
        open_rows = self.catalog.allowed(query.constraints, self._closed(query))
        rows = candidates.rows[open_rows[candidates.rows]]
        trace.append(Step("allowed", len(rows)))
        vector: NDArray[np.float32] | None = candidates.vector
        if not len(rows):
            blocking, nearest = self._relax(query, vector)
            return Ranking((), tuple(trace), blocking, nearest)
        shown = self._best(query, rows, vector)
        trace.append(Step("shown", len(shown)))
        return Ranking(shown, tuple(trace))

    def signals(self, query: Query, rows: Rows, vector: NDArray[np.float32] | None) -> Signals:
        """What is known of these rows for this query. `vector` embeds the wishes, shape (d,), or is None."""
        likes, dislikes = self.catalog.rows(query.liked), self.catalog.rows(query.disliked)
        patterns = self.catalog.rows(query.alike) if query.alike else likes
        vectors = self.index.vectors
        near = vectors[rows]
        collaborative = None
        if self.model is not None and len(likes):
            collaborative = self.model.fold_in(likes, dislikes, rows)
        return Signals(
            support=self.counts[rows].astype(np.float32),
            popularity=self.popularity[rows],
            collaborative=collaborative,
            semantic=None if vector is None else near @ vector,
            liked_similarity=near @ _centre(vectors[patterns]) if len(patterns) else None,
            liked_kinship=kinship(self.catalog, patterns, rows) if len(patterns) else None,
            disliked_similarity=near @ _centre(vectors[dislikes]) if len(dislikes) else None,
            match=match(self.catalog, query, rows),
            known_likes=self.counts[likes].astype(np.float32),
        )

    def scores(self, query: Query, rows: Rows, vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Weighted parts of these rows, shape (len(rows), 5), in the order of `blend.PARTS`; always finite."""
        signals = self.signals(query, rows, vector)
        return blend(signals, self.weights, query.popularity_bias, query.novelty, alike=bool(query.alike))

    def add_interactions(self, likes: Sequence[str], before: Sequence[str] = ()) -> None:
        """Someone who liked `before` (ids; empty for a new person) now likes `likes`: the next turn uses it."""
        now, then = np.unique(self.catalog.rows(likes)), np.unique(self.catalog.rows(before))
        if self.model is not None:
            self.model.change_user(then, now)
        np.add.at(self.counts, now, 1)
        np.subtract.at(self.counts, then, 1)
        self.popularity = popularity(self.catalog, self.counts)

    def add_items(self, catalog: Catalog, index: Vectors) -> None:
        """Serve a catalog that has grown at its end, with its index; the new items start without interactions."""
        if self.model is not None:
            self.model.add_items(len(catalog))
        self.counts = np.append(self.counts, np.zeros(len(catalog) - len(self.counts), np.int64))
        self.catalog, self.index = catalog, index
        self.popularity = popularity(catalog, self.counts)

    def _best(self, query: Query, rows: Rows, vector: NDArray[np.float32] | None) -> tuple[Ranked, ...]:
        parts = self.scores(query, rows, vector)
        scores = parts.sum(axis=1)
        pool = _top(scores, max(_POOL, 3 * query.count))
        if query.diversity > 0:
            families = [series(self.catalog.titles[row]) for row in rows[pool]]
            pool = pool[one_of_each(scores[pool], families, query.count)]
        taste = self._taste(query, rows[pool])
        order = pool[diversify(scores[pool], self.index.vectors[rows[pool]], query.count, query.diversity, taste)]
        return self._explained(query, rows[order], parts[order])

    def _taste(self, query: Query, rows: Rows) -> Taste | None:
        """The genres of what was liked, where nothing else was asked: a wish says what the list should hold."""
        limits = query.constraints
        liked = self.catalog.items(self.catalog.rows(query.alike or query.liked))
        asked = query.text or query.genres or query.people or query.keywords or limits.genres_any or limits.people_any
        if asked or not liked:
            return None
        names = list(dict.fromkeys(key(genre) for item in liked for genre in item.genres))
        wanted = genre_shares([item.genres for item in liked], names).mean(axis=0)
        return Taste(wanted, genre_shares([item.genres for item in self.catalog.items(rows)], names))

    def _explained(self, query: Query, rows: Rows, parts: NDArray[np.float32]) -> tuple[Ranked, ...]:
        likes = self.catalog.rows(query.liked)
        influence = np.zeros((len(likes), len(rows)), np.float32)
        if self.model is not None and len(likes):
            influence = self.model.influence(likes, rows)
        cosines = self.index.vectors[likes] @ self.index.vectors[rows].T
        shares = [Parts(*values) for values in parts.tolist()]
        items = self.catalog.items(rows)
        points = pointing(self.catalog.items(likes), items, influence, cosines, shares)
        return tuple(
            Ranked(item, score, share, evidence(item, query, share, liked))
            for item, score, share, liked in zip(items, parts.sum(axis=1).tolist(), shares, points, strict=True)
        )

    def _relax(self, query: Query, vector: NDArray[np.float32] | None) -> tuple[tuple[str, ...], tuple[Ranked, ...]]:
        """The limits that alone stand in the way, by field name (`exclude` for what was shown or seen), and the best
        items that pass all the others."""
        blocking, reached = [], np.zeros(len(self.catalog), np.bool_)
        for name, relaxed in _without_one(query):
            open_rows = self.catalog.allowed(relaxed.constraints, self._closed(relaxed))
            if open_rows.any():
                blocking.append(name)
                reached |= open_rows if name != "exclude" else False
        rows = np.flatnonzero(reached)
        if len(rows) > _NEAREST_POOL:
            rows = rows[_top(self.popularity[rows] + match(self.catalog, query, rows), _NEAREST_POOL)]
        return tuple(blocking), self._best(query, rows, vector) if len(rows) else ()

    @staticmethod
    def _closed(query: Query) -> frozenset[str]:
        return query.exclude.union(query.liked, query.disliked)


def popularity(catalog: Catalog, counts: NDArray[np.int64]) -> Scores:
    """0 to 1, shape (len(catalog),): how well known and well liked; from the interactions where no votes are known."""
    seen = np.log1p(counts.astype(np.float32))
    known: Scores = np.where(np.isnan(catalog.votes), seen / max(float(seen.max(initial=0.0)), 1e-9), esteem(catalog))
    return known.astype(np.float32)


def _without_one(query: Query) -> Iterable[tuple[str, Query]]:
    empty = Constraints()
    for limit in fields(Constraints):
        value = getattr(empty, limit.name)
        if getattr(query.constraints, limit.name) != value:
            yield limit.name, replace(query, constraints=replace(query.constraints, **{limit.name: value}))
    if query.exclude:
        yield "exclude", replace(query, exclude=frozenset())


def _centre(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _top(scores: Scores, count: int) -> NDArray[np.int64]:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.sort(np.argpartition(-np.nan_to_num(scores, nan=-np.inf), count)[:count])
