"""Exact search: every vector is compared."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from retrieval.types import Mask, Rows, Scores, Vectors


def exact_search(vectors: Vectors, vector: NDArray[np.float32], allowed: Mask, limit: int) -> tuple[Rows, Scores]:
    """At most `limit` allowed rows of `vectors` by cosine similarity to `vector`, best first."""
    rows: Rows = np.flatnonzero(allowed)
    if limit <= 0 or not len(rows):
        return rows[:0], np.empty(0, dtype=np.float32)
    # Gathering the rows that are left is cheaper than scoring all only when they are few.
    few = len(rows) < len(vectors) // 4
    cosines = _cosines(vectors[rows], vector) if few else _cosines(vectors, vector)[rows]
    best = top(cosines, limit)
    return rows[best], cosines[best]


def top(scores: Scores, limit: int) -> Rows:
    """Positions of the `limit` highest scores, highest first, ties in order of position."""
    few = limit < len(scores)
    best = np.sort(np.argpartition(-scores, limit)[:limit]) if few else np.arange(len(scores))
    ordered: Rows = best[np.argsort(-scores[best], kind="stable")]
    return ordered


def _cosines(vectors: Vectors, vector: NDArray[np.float32]) -> Scores:
    """By PyTorch, which embeds the query too: NumPy's own threads would keep waiting for work on the cores that the
    next embedding needs, which then takes twice as long."""
    found: Scores = torch.mv(torch.from_numpy(vectors), torch.from_numpy(np.asarray(vector, np.float32))).numpy()
    return found
