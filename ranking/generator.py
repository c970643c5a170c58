"""Candidates that other people's choices point at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ranking.scorer import CollaborativeModel
from retrieval.catalog import Catalog
from retrieval.exact import top
from retrieval.types import Mask, Query, Rows, Scores


class CollaborativeGenerator:
    """Proposes the rows with the highest fold-in score for the titles named in the conversation."""

    name = "collaborative"

    def __init__(self, model: CollaborativeModel, catalog: Catalog) -> None:
        self.model = model
        self.catalog = catalog

    def propose(
        self, query: Query, allowed: Mask, limit: int, vector: NDArray[np.float32] | None = None
    ) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows, best first; none when no liked item has interactions."""
        del vector  # for the generators that go by words
        nothing = np.empty(0, np.int64), np.empty(0, np.float32)
        likes = self.catalog.rows(query.liked)
        if not len(likes) or limit <= 0:
            return nothing
        scores = self.model.fold_in(likes, self.catalog.rows(query.disliked))
        able = allowed[: len(scores)] & np.isfinite(scores)
        able[likes[likes < len(able)]] = False
        scores[~able] = -np.inf
        best = top(scores, min(limit, int(np.count_nonzero(able))))
        return best, scores[best]
