"""Exact search: every vector is compared, in one pass for all that is looked for."""

from __future__ import annotations

import numpy as np
import torch

from retrieval.types import Mask, Rows, Scores, Vectors

_FEW = 10_000
"""Up to so many rows their vectors are compared as they are; beyond, a rounded copy is read first."""

_SPARE = 3
"""The rounded copy names so many times more rows than asked for, and the vectors themselves choose among them. Of 4,803
film vectors 1.05 times were enough in the worst of 97 searches: rounding moves a cosine by .0005, at most .0026."""

_BLOCK = 64
_ROWS_AT_ONCE = 65_536


class ExactSearch:
    """The nearest of `vectors`, shape (n, d), by cosine similarity. `vectors` must not change.

    Reading the vectors is what takes the time, so a copy in 8-bit integers, a quarter of their size, is read in their
    place where they are many.
    """

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        if len(vectors) > _FEW:
            self._rounded, self._steps = _rounded(vectors)

    def nearest(self, aims: Vectors, allowed: Mask, limit: int) -> list[tuple[Rows, Scores]]:
        """For each of the `aims`, shape (k, d), at most `limit` allowed rows with their cosines, best first."""
        left = int(np.count_nonzero(allowed))
        if limit <= 0 or not left:
            return [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in aims]
        if left <= _FEW:
            rows: Rows = np.flatnonzero(allowed)
            near = self.vectors if left == len(self.vectors) else self.vectors[rows]
            return [_best(rows, near @ aim, limit) for aim in aims]
        return [
            _best(rows, self.vectors[rows] @ aim, limit)
            for rows, aim in zip(self._hopeful(aims, allowed, limit * _SPARE), aims, strict=True)
        ]

    def _hopeful(self, aims: Vectors, allowed: Mask, count: int) -> list[Rows]:
        """For each aim the `count` allowed rows with the highest products of rounded vectors, ascending."""
        whole, _ = _rounded(aims)
        products = torch._int_mm(self._rounded, whole.T.contiguous())
        scores = torch.mul(products.T, self._steps, out=torch.empty((len(aims), len(self._rounded))))
        scores.masked_fill_(torch.from_numpy(~allowed), -np.inf)
        return [np.sort(top(row, count)) for row in scores.numpy()]


def top(scores: Scores, limit: int) -> Rows:
    """Positions of the `limit` highest scores, highest first, ties in order of position."""
    hopeful = _reaching(scores, limit)
    few = limit < len(hopeful)
    best = np.sort(hopeful[np.argpartition(-scores[hopeful], limit)[:limit]]) if few else hopeful
    ordered: Rows = best[np.argsort(-scores[best], kind="stable")]
    return ordered


def _reaching(scores: Scores, limit: int) -> Rows:
    """Positions, ascending, with the `limit` highest scores among them: those not below the best of every block but
    `limit`. It spares the sorting of a large array."""
    blocks = len(scores) // _BLOCK
    if not 0 < limit < blocks:
        return np.arange(len(scores))
    best = scores[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(axis=0)
    reaching: Rows = np.flatnonzero(scores >= np.partition(best, blocks - limit)[blocks - limit])
    return reaching


def _best(rows: Rows, cosines: Scores, limit: int) -> tuple[Rows, Scores]:
    best = top(cosines, limit)
    return rows[best], cosines[best]


def _rounded(vectors: Vectors) -> tuple[torch.Tensor, torch.Tensor]:
    """Each vector in whole steps of its own size, -127 to 127, and the size of the steps, shape (n,)."""
    whole, steps = torch.empty(vectors.shape, dtype=torch.int8), torch.empty(len(vectors))
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        piece = torch.from_numpy(np.asarray(vectors[start : start + _ROWS_AT_ONCE], np.float32))
        size = (piece.abs().amax(dim=1, keepdim=True) / 127).clamp_min(1e-12)
        whole[start : start + len(piece)] = (piece / size).round_().to(torch.int8)
        steps[start : start + len(piece)] = size[:, 0]
    return whole, steps
