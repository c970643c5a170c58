"""EASE, the closed-form item-item model, with fold-in of people it has never seen and updates without a refit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from ranking.fold_in import FoldInModel, Places
from retrieval.types import Rows, Scores


@dataclass(frozen=True, slots=True)
class EASEConfig:
    """`regularisation` is λ; `dislike_weight` is what a disliked item counts in a fold-in, where a like counts 1."""

    regularisation: float = 200.0
    dislike_weight: float = 0.5


class EASE(FoldInModel):
    """Item weights B minimising |X - XB|² + λ|B|² with a zero diagonal (Steck, WWW 2019, arXiv:1905.03375).

    With P = (XᵀX + λI)⁻¹ the answer is B = I - P / diag(P). P is kept rather than B: it has the same size, B follows
    from it column by column, and a new user is a rank-one change of it.
    """

    name = "ease"
    config_type = EASEConfig
    table_name = "inverse"
    inverse: NDArray[np.float32]

    @classmethod
    def fit(cls, likes: csr_matrix[np.float32], config: EASEConfig | None = None) -> EASE:
        """Fit on `likes` of shape (users, items). Time grows with the cube of the items that have a like."""
        config = config or EASEConfig()
        rows = np.flatnonzero(np.bincount(likes.indices, minlength=likes.shape[1])).astype(np.int64)
        warm = likes[:, rows].astype(np.float64)
        return cls(_inverse(warm, config.regularisation), rows, likes.shape[1], config)

    @staticmethod
    def bytes_needed(items: int) -> int:
        """Peak memory of a fit over so many items with interactions: the Gram matrix and its inverse in float64."""
        return 3 * 8 * items * items

    def score(self, profiles: csr_matrix[np.float32]) -> NDArray[np.float32]:
        """Scores for many people at once: signed weights in, shape (people, items); NaN as in `fold_in`."""
        warm = profiles[:, self.rows]
        diagonal = self.inverse.diagonal()
        folded = warm.toarray() - (warm @ self.inverse) / diagonal
        scores = np.full((profiles.shape[0], self.items), np.nan, np.float32)
        scores[:, self.rows] = folded
        return scores

    def change_user(self, before: Rows, after: Rows) -> None:
        """A person who liked `before` (empty for a new person) now likes `after`: exact, O(items²), no refit.

        The Gram matrix changes by a rank-one term each way, its inverse by the Sherman-Morrison formula.
        """
        fresh = np.unique(after[self._place(after) < 0])
        if len(fresh):
            self._grow(fresh)
        for rows, sign in ((before, -1.0), (after, 1.0)):
            places = np.unique(self._known(rows))
            towards = self.inverse[:, places].sum(axis=1, dtype=np.float64)
            change = np.outer(towards, towards) * (sign / (1.0 + sign * towards[places].sum()))
            self.inverse -= change.astype(np.float32)

    def _grow(self, fresh: Rows) -> None:
        size = len(self.rows)
        grown = np.zeros((size + len(fresh), size + len(fresh)), np.float32)
        grown[:size, :size] = self.inverse
        grown[range(size, len(grown)), range(size, len(grown))] = 1.0 / self.config.regularisation
        self._places[fresh] = np.arange(size, len(grown))
        self.inverse, self.rows = grown, np.append(self.rows, fresh)

    def _score(self, liked: Places, disliked: Places, targets: Places | slice) -> Scores:
        wanted: Scores = self._shares(liked, targets).sum(axis=0)
        if len(disliked):
            wanted -= self.config.dislike_weight * self._shares(disliked, targets).sum(axis=0)
        return wanted

    def _shares(self, liked: Places, targets: Places | slice) -> NDArray[np.float32]:
        weights: NDArray[np.float32] = -self.inverse[liked] / self.inverse.diagonal()
        weights[np.arange(len(liked)), liked] = 0.0
        return weights[:, targets]


def _inverse(x: csr_matrix[np.float64], regularisation: float) -> NDArray[np.float32]:
    """(XᵀX + λI)⁻¹; with fewer users than items by Woodbury's identity, which factorises the smaller matrix only."""
    users, items = x.shape
    if users >= items:
        gram = (x.T @ x).toarray()
        gram[np.diag_indices(items)] += regularisation
        return np.asarray(cho_solve(cho_factor(gram, overwrite_a=True), np.eye(items), overwrite_b=True), np.float32)
    small = (x @ x.T).toarray()
    small[np.diag_indices(users)] += regularisation
    dense = x.toarray()
    inverse = dense.T @ cho_solve(cho_factor(small, overwrite_a=True), dense)
    inverse *= -1.0 / regularisation
    inverse[np.diag_indices(items)] += 1.0 / regularisation
    return inverse.astype(np.float32)
