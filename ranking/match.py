"""How much of what was asked for an item's record meets."""

from __future__ import annotations

import numpy as np

from retrieval.catalog import Catalog
from retrieval.types import Query, Rows, Scores


def match(catalog: Catalog, query: Query, rows: Rows) -> Scores:
    """Share of the asked genres, people and keywords that each row's record has, shape (len(rows),), 0 to 1.

    Each of the three kinds counts the same, however many values were asked of it. NaN when nothing was asked.
    """
    kinds = [
        (query.genres, catalog.genre_mask),
        (query.people, catalog.people_mask),
        (query.keywords, catalog.keyword_mask),
    ]
    shares = [np.mean([mask([value])[rows] for value in asked], axis=0) for asked, mask in kinds if asked]
    if not shares:
        return np.full(len(rows), np.nan, np.float32)
    return np.asarray(np.mean(shares, axis=0), np.float32)
