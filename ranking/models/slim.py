"""SLIM: sparse item weights that are never negative, by the alternating direction method of multipliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal, known, masked, positives, warm

_STEP = 100.0
"""ρ of the method: how fast the dense and the sparse weights are drawn together."""


@dataclass(frozen=True, slots=True)
class SLIMConfig:
    """Penalties on the sum of the weights (`l1`) and of their squares (`l2`); only the `most_items` most chosen items
    have weights, since time grows with the cube of their number."""

    l1: float = 1.0
    l2: float = 20.0
    iterations: int = 25
    most_items: int = 4_000
    signal: Signal = "likes"


class SLIM(FittedScorer):
    """Weights W ≥ 0 with a zero diagonal minimising |X - XW|² / 2 + l2 |W|² / 2 + l1 |W|₁ (Ning & Karypis, ICDM 2011),
    for all items at once as in ADMM SLIM (Steck et al., WSDM 2020)."""

    name = "slim"
    config_type = SLIMConfig

    def __init__(self, items: int, config: SLIMConfig, weights: csr_matrix[np.float32]) -> None:
        super().__init__(items, config)
        self.weights = weights

    @classmethod
    def fit(cls, interactions: Interactions, config: SLIMConfig | None = None) -> SLIM:
        """Fit on the positives."""
        config = config or SLIMConfig()
        chosen = positives(interactions.preferences(), config.signal)
        counts = np.bincount(chosen.indices, minlength=chosen.shape[1])
        rows = np.sort(np.argsort(-counts, kind="stable")[: min(config.most_items, np.count_nonzero(counts))])
        weights = csr_matrix(_sparse_weights((chosen[:, rows].T @ chosen[:, rows]).toarray(), config)).tocoo()
        shape = (chosen.shape[1], chosen.shape[1])
        return cls(shape[0], config, csr_matrix((weights.data, (rows[weights.row], rows[weights.col])), shape))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items); an item without weights is missing."""
        chosen = positives(profiles, self.config.signal)
        scores = csr_matrix(chosen @ self.weights)
        return masked(scores.toarray(), known(scores), warm(self.weights))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The weights as a sparse matrix has them."""
        return {"data": self.weights.data, "indices": self.weights.indices, "indptr": self.weights.indptr}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the sparse matrix."""
        return cls(items, config, csr_matrix((state["data"], state["indices"], state["indptr"]), shape=(items, items)))


def _sparse_weights(gram: NDArray[np.float32], config: SLIMConfig) -> NDArray[np.float32]:
    """W for the Gram matrix XᵀX."""
    regular = gram.astype(np.float64)
    regular[np.diag_indices(len(gram))] += config.l2 + _STEP
    inverse = np.linalg.inv(regular).astype(np.float32)
    start, diagonal = inverse @ gram, np.diag(inverse).copy()
    sparse, dual = np.zeros_like(gram), np.zeros_like(gram)
    for _ in range(config.iterations):
        dense = start + inverse @ (_STEP * sparse - dual)
        dense -= inverse * (np.diag(dense) / diagonal)  # The diagonal has to be zero.
        sparse = np.maximum(dense + (dual - config.l1) / _STEP, 0.0).astype(np.float32)
        dual += _STEP * (dense - sparse)
    np.fill_diagonal(sparse, 0.0)
    return sparse
