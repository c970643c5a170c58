"""Who rated what: a sparse matrix of users by catalog rows, and what counts as a like on its scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.noise import NoiseConfig, NoiseReport, clean
from retrieval.types import Rows


class InteractionsError(ValueError):
    """The interactions cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The scale of a rating column. Counts, clicks and purchases without ratings have `low == high`: all are likes.

    A like is a rating in the upper 35 % of the scale, a dislike one in the lower 45 %: at least 3.5 and at most 2.5
    on MovieLens' half stars, 7 and 5 on a scale of ten, 1 and 0 on thumbs.
    """

    low: float = 1.0
    high: float = 1.0

    @property
    def like_from(self) -> float:
        """The lowest rating that is a like."""
        return self.low + 0.65 * (self.high - self.low)

    @property
    def dislike_to(self) -> float:
        """The highest rating that is a dislike; below every rating when there is no scale."""
        return self.low + 0.45 * (self.high - self.low) if self.high > self.low else self.low - 1.0


@dataclass(frozen=True, slots=True)
class Interactions:
    """Ratings as a sparse matrix of shape (users, items); a column is a catalog row, or an item of `item_ids`.

    `times` holds seconds since 1970 for each stored entry, in the order of `matrix.data`, or None. An entry may be an
    explicit zero (a rating of 0): never call `eliminate_zeros`.
    """

    matrix: csr_matrix[np.float32]
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    scale: RatingScale = RatingScale()
    times: NDArray[np.int64] | None = None
    report: NoiseReport = field(default_factory=NoiseReport)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, item_ids: Sequence[str] | None = None, noise: NoiseConfig | None = None
    ) -> Interactions:
        """Read columns `user_id,item_id[,rating][,timestamp]`.

        Items that `item_ids` lacks are left out and counted in the report; with `item_ids` None the items are those
        of the frame. Raises InteractionsError when a column is missing or nothing is left.
        """
        missing = {"user_id", "item_id"} - set(frame.columns)
        if missing:
            raise InteractionsError(f"interactions lack the column(s) {', '.join(sorted(missing))}")
        frame = frame.assign(
            user_id=frame["user_id"].astype(str),
            item_id=frame["item_id"].astype(str),
            rating=frame["rating"].astype(float) if "rating" in frame else 1.0,
        )
        frame, report = clean(frame, noise or NoiseConfig(), known=None if item_ids is None else set(item_ids))
        if frame.empty:
            raise InteractionsError(
                "no interactions are left: the file is empty, or none of its item_ids is in the catalog" + report.text()
            )
        if item_ids is None:
            item_ids = sorted(frame["item_id"].unique())
        return cls._from_clean(frame, tuple(item_ids), report)

    @classmethod
    def _from_clean(cls, frame: pd.DataFrame, item_ids: tuple[str, ...], report: NoiseReport) -> Interactions:
        users, user_ids = pd.factorize(frame["user_id"], sort=True)
        columns = pd.Index(item_ids).get_indexer(pd.Index(frame["item_id"]))
        order = np.lexsort((columns, users))
        ratings = frame["rating"].to_numpy(np.float32)[order]
        indptr = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(user_ids)))])
        matrix = csr_matrix((ratings, columns[order], indptr), shape=(len(user_ids), len(item_ids)))
        stamped = "timestamp" in frame and not bool(frame["timestamp"].isna().any())
        times = frame["timestamp"].to_numpy(np.int64)[order] if stamped else None
        scale = RatingScale(float(ratings.min()), float(ratings.max()))
        return cls(matrix, tuple(map(str, user_ids)), item_ids, scale, times, report)

    def likes(self) -> csr_matrix[np.float32]:
        """1 where a user liked an item, shape (users, items)."""
        return select(self.matrix, self.matrix.data >= self.scale.like_from)

    def preferences(self) -> csr_matrix[np.float32]:
        """Ratings moved to -1 (the lowest) to 1 (the highest), all 1 without a scale; shape (users, items)."""
        half = (self.scale.high - self.scale.low) / 2
        values = (self.matrix.data - self.scale.low) / half - 1 if half > 0 else np.ones_like(self.matrix.data)
        entries = (values.astype(np.float32), self.matrix.indices, self.matrix.indptr)
        return csr_matrix(entries, shape=self.matrix.shape)

    def counts(self) -> NDArray[np.int64]:
        """How many users interacted with each item, shape (items,)."""
        return np.bincount(self.matrix.indices, minlength=len(self.item_ids))

    def warm(self) -> Rows:
        """Items with at least one interaction."""
        return np.flatnonzero(self.counts())

    def users(self, keep: NDArray[np.int64]) -> Interactions:
        """The same items, these users only, in this order."""
        positions = csr_matrix(
            (np.arange(self.matrix.nnz) + 1, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape
        )[keep].data
        times = None if self.times is None else self.times[positions - 1]
        user_ids = tuple(self.user_ids[user] for user in keep)
        return Interactions(self.matrix[keep], user_ids, self.item_ids, self.scale, times, self.report)


def select(matrix: csr_matrix[np.float32], chosen: NDArray[np.bool_]) -> csr_matrix[np.float32]:
    """Ones at the chosen stored entries (shape (nnz,), in the order of `matrix.data`), nothing elsewhere."""
    indptr = np.concatenate([[0], np.cumsum(chosen)])[matrix.indptr]
    indices = matrix.indices[chosen]
    return csr_matrix((np.ones(len(indices), np.float32), indices, indptr), shape=matrix.shape)
