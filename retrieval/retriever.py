"""From a query to candidates: hard filters first, then the union of what the generators propose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.generators import NearGenerator
from retrieval.moods import spelled_out
from retrieval.types import (
    CandidateGenerator,
    Candidates,
    Mask,
    Query,
    Rows,
    Scores,
    Step,
    TextEmbedder,
    VectorIndex,
)

_REMEMBERED_TEXTS = 1024


class Retriever:
    """Asks every generator for its best and keeps who proposed what."""

    def __init__(
        self,
        catalog: Catalog,
        index: VectorIndex,
        embedder: TextEmbedder,
        generators: Sequence[CandidateGenerator],
        limit: int = 200,
    ) -> None:
        """`limit` is how many rows each generator may propose."""
        self.catalog = catalog
        self.index = index
        self.generators = tuple(generators)
        self.limit = limit

        @lru_cache(maxsize=_REMEMBERED_TEXTS)
        def embed(text: str) -> NDArray[np.float32]:
            vector: NDArray[np.float32] = embedder.encode([text])[0]
            return vector

        self._embed = embed

    def retrieve(self, query: Query) -> Candidates:
        """The candidates that break no limit and are not excluded, with each generator's scores.

        Titles that the person named as liked or disliked are known to them, so they do not come back either.
        """
        known = {*query.exclude, *query.liked, *query.disliked}
        allowed = self.catalog.allowed(query.constraints, known)
        trace = [Step("catalog", len(self.catalog)), Step("after your limits", int(np.count_nonzero(allowed)))]
        vector = self._embed(spelled_out(query.text)) if query.text.strip() else None
        proposals = self._proposals(query, allowed, vector)
        trace += [Step(name, len(rows)) for name, (rows, _) in proposals.items()]
        found = [rows for rows, _ in proposals.values()]
        union = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        sources: dict[str, Scores] = {}
        for name, (rows, scores) in proposals.items():
            column = np.full(len(union), np.nan, dtype=np.float32)
            column[np.searchsorted(union, rows)] = scores
            sources[name] = column
        trace.append(Step("candidates", len(union)))
        return Candidates(union, sources, tuple(trace), vector)

    def _proposals(
        self, query: Query, allowed: Mask, vector: NDArray[np.float32] | None
    ) -> dict[str, tuple[Rows, Scores]]:
        """By generator, in their order. What goes by vectors is looked up in one pass over them."""
        points = [
            (generator.name, aim)
            for generator in self.generators
            if isinstance(generator, NearGenerator) and (aim := generator.aim(query, vector)) is not None
        ]
        near: dict[str, tuple[Rows, Scores]] = {}
        if points:
            names, aims = zip(*points, strict=True)
            near = dict(zip(names, self.index.nearest(np.stack(aims), allowed, self.limit), strict=True))
        return {
            generator.name: near.get(generator.name) or generator.propose(query, allowed, self.limit, vector)
            for generator in self.generators
        }
