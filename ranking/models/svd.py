"""Matrix factorisation of ratings with biases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, known, masked, warm


@dataclass(frozen=True, slots=True)
class SVDConfig:
    """Ridge strengths hold for each rating: a factor's penalty grows with the ratings it rests on."""

    factors: int = 16
    regularisation: float = 0.08
    bias_regularisation: float = 4.0
    iterations: int = 12
    seed: int = 7


class BiasedSVD(FittedScorer):
    """r = μ + b_u + b_i + p_u · q_i (Koren, Bell, Volinsky 2009), by alternating least squares on known ratings."""

    name = "svd"
    config_type = SVDConfig

    def __init__(
        self, config: SVDConfig, mean: float, biases: NDArray[np.float32], factors: NDArray[np.float32]
    ) -> None:
        """`biases` (items,), NaN for items without ratings; `factors` (items, factors)."""
        super().__init__(len(biases), config)
        self.mean = mean
        self.biases = biases
        self.factors = factors

    @classmethod
    def fit(cls, interactions: Interactions, config: SVDConfig | None = None) -> BiasedSVD:
        """Fit on all ratings."""
        config = config or SVDConfig()
        table = interactions.preferences()
        mean = float(table.data.mean())
        by_item = table.T.tocsr()
        people, items = np.zeros(table.shape[0]), np.zeros(table.shape[1])
        for _ in range(5):
            items = _biases(by_item, mean + people, config.bias_regularisation)
            people = _biases(table, mean + items, config.bias_regularisation)
        left = _residuals(table, mean + items, people)
        p = np.random.default_rng(config.seed).normal(0, 0.1, (table.shape[0], config.factors))
        q = np.zeros((table.shape[1], config.factors))
        right = left.T.tocsr()
        for _ in range(config.iterations):
            q = _solve(right, p, config.regularisation)
            p = _solve(left, q, config.regularisation)
        biases = np.where(warm(table), items, np.nan).astype(np.float32)
        return cls(config, mean, biases, q.astype(np.float32))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Predicted preferences, shape (people, items)."""
        base = self.mean + np.nan_to_num(self.biases.astype(np.float64))
        people = _biases(profiles, base, self.config.bias_regularisation)
        p = _solve(_residuals(profiles, base, people), self.factors.astype(np.float64), self.config.regularisation)
        found = base + people[:, None] + p @ self.factors.T
        return masked(found.astype(np.float32), known(profiles), ~np.isnan(self.biases))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """Mean, biases and factors of the items."""
        return {"mean": np.array(self.mean), "biases": self.biases, "factors": self.factors}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the arrays of the items."""
        del items
        return cls(config, float(state["mean"]), state["biases"], state["factors"])


def _biases(table: csr_matrix[np.float32], expected: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Mean residual of each row, shrunk towards 0; `expected` has one value per column."""
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    totals = np.bincount(rows, table.data - expected[table.indices], minlength=table.shape[0])
    return np.asarray(totals / (np.diff(table.indptr) + strength))


def _residuals(
    table: csr_matrix[np.float32], columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> csr_matrix[np.float64]:
    data = table.data - columns[table.indices] - np.repeat(rows, np.diff(table.indptr))
    return csr_matrix((data, table.indices, table.indptr), shape=table.shape)


def _solve(table: csr_matrix[np.float64], factors: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Ridge regression of each row's entries on the factors of its columns."""
    found = np.zeros((table.shape[0], factors.shape[1]))
    identity = np.eye(factors.shape[1])
    for row in range(table.shape[0]):
        entries = slice(table.indptr[row], table.indptr[row + 1])
        near = factors[table.indices[entries]]
        if len(near):
            penalty = strength * len(near) * identity
            found[row] = np.linalg.solve(near.T @ near + penalty + 1e-6 * identity, near.T @ table.data[entries])
    return found
