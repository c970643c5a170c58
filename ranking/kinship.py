"""How much of what the records of liked items hold, another item's record holds too."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.postings import Postings
from retrieval.text import key
from retrieval.types import Rows, Scores


def kinship(catalog: Catalog, likes: Rows, rows: Rows) -> Scores:
    """Share of the liked items' genres and keywords in each row's record, shape (len(rows),), 0 to 1.

    A value counts by how many of the likes have it and by its inverse document frequency (Sparck Jones 1972); genres
    and keywords count the same, whichever of the two the likes have.
    """
    liked = catalog.items(likes)
    shares = [
        _share(catalog.genres, Counter(key(name) for item in liked for name in item.genres), len(catalog), rows),
        _share(catalog.keywords, Counter(key(name) for item in liked for name in item.keywords), len(catalog), rows),
    ]
    known = [share for share in shares if share is not None]
    return np.asarray(np.mean(known, axis=0) if known else np.zeros(len(rows)), np.float32)


def _share(postings: Postings, named: Counter[str], size: int, rows: Rows) -> NDArray[np.float32] | None:
    """Of these rows, in a catalog of `size`; None when the likes name nothing that tells rows apart."""
    share, total = np.zeros(len(rows), np.float32), 0.0
    for name, times in named.items():
        worth = times * np.log(size / max(postings.count(name), 1))
        share[postings.mask([name], rows)] += worth
        total += worth
    return share / np.float32(total) if total > 0 else None
