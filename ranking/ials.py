"""Implicit ALS for catalogs whose EASE matrix would not fit: memory linear in items, the same fold-in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ranking.fold_in import FoldInModel, Places
from retrieval.types import Rows, Scores

_FEW = 10_000
"""Items up to which a second thread gains less than it may wait for."""


@dataclass(frozen=True, slots=True)
class IALSConfig:
    """`alpha` is the weight of a like above a missing entry; `dislike_weight` the same for a disliked item's zero."""

    factors: int = 64
    regularisation: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    dislike_weight: float = 0.5
    seed: int = 7


class IALS(FoldInModel):
    """Weighted matrix factorisation (Hu, Koren, Volinsky, ICDM 2008), trained by the library `implicit`.

    A person is folded in by solving their factors in closed form: (YᵀCY + λI)⁻¹ YᵀC p.
    """

    name = "ials"
    config_type = IALSConfig
    table_name = "factors"
    factors: NDArray[np.float32]

    def __init__(self, factors: NDArray[np.float32], rows: Rows, items: int, config: IALSConfig) -> None:
        """`factors` has shape (len(rows), config.factors)."""
        super().__init__(factors, rows, items, config)
        self._base = factors.T @ factors + config.regularisation * np.eye(factors.shape[1], dtype=np.float32)

    @classmethod
    def fit(cls, likes: csr_matrix[np.float32], config: IALSConfig | None = None) -> IALS:
        """Fit on `likes` of shape (users, items)."""
        from implicit.cpu.als import AlternatingLeastSquares

        config = config or IALSConfig()
        rows = np.flatnonzero(np.bincount(likes.indices, minlength=likes.shape[1])).astype(np.int64)
        with threadpool_limits(1, "blas"):  # implicit runs threads of its own
            model = AlternatingLeastSquares(
                factors=config.factors,
                regularization=config.regularisation,
                alpha=config.alpha,
                iterations=config.iterations,
                random_state=config.seed,
            )
            model.fit(likes[:, rows].tocsr(), show_progress=False)
        return cls(np.asarray(model.item_factors, np.float32), rows, likes.shape[1], config)

    def score(self, profiles: csr_matrix[np.float32]) -> NDArray[np.float32]:
        """Scores for many people, shape (people, items): positive entries are likes, negative ones dislikes."""
        scores = np.empty((profiles.shape[0], self.items), np.float32)
        for person in range(profiles.shape[0]):
            entries = slice(profiles.indptr[person], profiles.indptr[person + 1])
            rows, values = profiles.indices[entries].astype(np.int64), profiles.data[entries]
            scores[person] = self.fold_in(rows[values > 0], rows[values < 0])
        return scores

    def change_user(self, before: Rows, after: Rows) -> None:
        """Give items nobody had liked before the factors of the person who now likes them; others wait for a refit."""
        del before
        fresh = np.unique(after[self._place(after) < 0])
        liked = self._known(after)
        if not len(fresh) or not len(liked):
            return
        person = np.linalg.solve(self._system(liked, liked[:0]), self.config.alpha * self.factors[liked].sum(axis=0))
        grown = np.vstack([self.factors, np.tile(person / (1.0 + person @ person), (len(fresh), 1))])
        self.__init__(grown.astype(np.float32), np.append(self.rows, fresh), self.items, self.config)  # type: ignore[misc]

    def _score(self, liked: Places, disliked: Places, targets: Places | slice) -> Scores:
        wanted = self.config.alpha * self.factors[liked].sum(axis=0)
        person = np.linalg.solve(self._system(liked, disliked), wanted)
        factors = self.factors[targets]
        if len(factors) <= _FEW:
            return np.asarray(factors @ person, np.float32)
        # By PyTorch: at a million items this takes a while, and NumPy's products have one thread while serving.
        scores: Scores = torch.mv(torch.from_numpy(factors), torch.from_numpy(person)).numpy()
        return scores

    def _shares(self, liked: Places, targets: Places) -> NDArray[np.float32]:
        """As in Hu et al. 2008, section 5."""
        solved = np.linalg.solve(self._system(liked, liked[:0]), self.factors[targets].T)
        return np.asarray(self.config.alpha * (self.factors[liked] @ solved), np.float32)

    def _system(self, liked: NDArray[np.int64], disliked: NDArray[np.int64]) -> NDArray[np.float32]:
        near, far = self.factors[liked], self.factors[disliked]
        system = self._base + max(self.config.alpha - 1.0, 0.0) * (near.T @ near)
        return np.asarray(system + self.config.alpha * self.config.dislike_weight * (far.T @ far), np.float32)
