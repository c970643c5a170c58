"""How much of what was asked for an item's record meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.moods import wished
from retrieval.types import Query, Rows, Scores


def match(catalog: Catalog, query: Query, rows: Rows) -> Scores:
    """Share of the asked genres, people and keywords that each row's record has, shape (len(rows),), 0 to 1.

    A keyword that is a mood counts as far as the record speaks for it.
    Each of the three kinds counts the same, however many values were asked of it. NaN when nothing was asked.
    """
    kinds: list[tuple[tuple[str, ...], Callable[[Iterable[str], Rows], NDArray[Any]]]] = [
        (query.genres, catalog.genre_mask),
        (query.people, catalog.people_mask),
        (query.keywords, partial(wished, catalog)),
    ]
    shares = [np.mean([met([value], rows) for value in asked], axis=0) for asked, met in kinds if asked]
    if not shares:
        return np.full(len(rows), np.nan, np.float32)
    return np.asarray(np.mean(shares, axis=0), np.float32)
