"""Nearest neighbours, by items or by users, with cosine or Pearson similarity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal, known, masked, positives, warm


@dataclass(frozen=True, slots=True)
class KNNConfig:
    """Cosine sums the similarities of positives and ranks; Pearson predicts a preference from centred ratings.

    `shrinkage` pulls a similarity that rests on n common entries towards 0: n / (n + shrinkage).
    """

    neighbours: int = 50
    similarity: Literal["cosine", "pearson"] = "cosine"
    shrinkage: float = 10.0
    signal: Signal = "likes"


class ItemKNN(FittedScorer):
    """Item-based neighbours (Sarwar et al., WWW 2001)."""

    name = "item-knn"
    config_type = KNNConfig

    def __init__(
        self, items: int, config: KNNConfig, similarity: csr_matrix[np.float32], means: NDArray[np.float32]
    ) -> None:
        """`similarity` is (items, items), each column holding the neighbours of one item; `means` NaN where unknown."""
        super().__init__(items, config)
        self.similarity = similarity
        self.means = means

    @classmethod
    def fit(cls, interactions: Interactions, config: KNNConfig | None = None) -> ItemKNN:
        """Similarities of all pairs of items that share a user."""
        config = config or KNNConfig()
        table = _table(interactions.preferences(), config)
        means = _means(table.T.tocsr())
        vectors = _centred(table.T.tocsr(), means) if config.similarity == "pearson" else table.T.tocsr()
        similar = _similarities(vectors, vectors, config)
        return cls(table.shape[1], config, similar.T.tocsr(), means)

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items): summed similarity, or the predicted preference."""
        table = _table(profiles, self.config)
        known_items = ~np.isnan(self.means)
        if self.config.similarity == "cosine":
            return masked(np.asarray((table @ self.similarity).toarray()), known(table), known_items)
        centred = table.tocsc(copy=True)
        centred.data -= np.repeat(np.nan_to_num(self.means), np.diff(centred.indptr)).astype(np.float32)
        ones = csr_matrix((np.ones_like(table.data), table.indices, table.indptr), shape=table.shape)
        weight = (ones @ abs(self.similarity)).toarray()
        found = np.divide((centred @ self.similarity).toarray(), weight, out=np.zeros_like(weight), where=weight > 0)
        return masked(np.asarray(found + self.means, np.float32), known(table), known_items)

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The neighbours."""
        return {"means": self.means, **_parts(self.similarity)}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the neighbours."""
        return cls(items, config, _whole(state, (items, items)), state["means"])


class UserKNN(FittedScorer):
    """User-based neighbours (Resnick et al., CSCW 1994): similar people are looked up when the profile is known."""

    name = "user-knn"
    config_type = KNNConfig

    def __init__(self, items: int, config: KNNConfig, table: csr_matrix[np.float32]) -> None:
        """`table` holds the training profiles, shape (users, items)."""
        super().__init__(items, config)
        self.table = table
        self._means = _means(table)
        pearson = config.similarity == "pearson"
        self._vectors = _centred(table, self._means) if pearson else table

    @classmethod
    def fit(cls, interactions: Interactions, config: KNNConfig | None = None) -> UserKNN:
        """Keeps the profiles; the work is done at look-up."""
        config = config or KNNConfig()
        return cls(len(interactions.item_ids), config, _table(interactions.preferences(), config))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items): similarity-weighted positives, or the predicted preference."""
        table = _table(profiles, self.config)
        items = warm(self.table)
        if self.config.similarity == "cosine":
            similar = _similarities(table, self._vectors, self.config)
            return masked(np.asarray((similar @ self.table).toarray()), known(table), items)
        means = np.nan_to_num(_means(table))
        similar = _similarities(_centred(table, means), self._vectors, self.config)
        ones = csr_matrix((np.ones_like(self.table.data), self.table.indices, self.table.indptr), self.table.shape)
        weight = (abs(similar) @ ones).toarray()
        found = np.divide((similar @ self._vectors).toarray(), weight, out=np.zeros_like(weight), where=weight > 0)
        return masked(np.asarray(found + means[:, None], np.float32), known(table), items)

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The training profiles."""
        return {"shape": np.array(self.table.shape), **_parts(self.table)}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the training profiles."""
        users, columns = state["shape"].tolist()
        return cls(items, config, _whole(state, (users, columns)))


def _table(profiles: Profiles, config: KNNConfig) -> csr_matrix[np.float32]:
    return profiles if config.similarity == "pearson" else positives(profiles, config.signal)


def _means(table: csr_matrix[np.float32]) -> NDArray[np.float32]:
    entries = np.diff(table.indptr)
    totals = np.asarray(table.sum(axis=1)).ravel()
    return np.where(entries > 0, totals / np.maximum(entries, 1), np.nan).astype(np.float32)


def _centred(table: csr_matrix[np.float32], means: NDArray[np.float32]) -> csr_matrix[np.float32]:
    data = table.data - np.repeat(means, np.diff(table.indptr))
    return csr_matrix((data.astype(np.float32), table.indices, table.indptr), shape=table.shape)


def _similarities(
    of: csr_matrix[np.float32], among: csr_matrix[np.float32], config: KNNConfig
) -> csr_matrix[np.float32]:
    """The `neighbours` most similar rows of `among` for each row of `of`, the row itself left out."""
    left, right = _unit(of), _unit(among)
    found = []
    for start in range(0, left.shape[0], 1024):
        block = (left[start : start + 1024] @ right.T).toarray()
        if config.shrinkage > 0:
            common = (_ones(of[start : start + 1024]) @ _ones(among).T).toarray()
            block *= common / (common + config.shrinkage)
        if of is among:
            block[np.arange(len(block)), start + np.arange(len(block))] = 0.0
        found.append(_keep_top(block, config.neighbours))
    return csr_matrix(np.zeros((0, right.shape[0]), np.float32)) if not found else _stack(found)


def _keep_top(block: NDArray[np.float32], count: int) -> csr_matrix[np.float32]:
    if block.shape[1] > count:
        weakest = np.argpartition(-block, count, axis=1)[:, count:]
        np.put_along_axis(block, weakest, 0.0, axis=1)
    return csr_matrix(np.maximum(block, 0.0))


def _stack(blocks: list[csr_matrix[np.float32]]) -> csr_matrix[np.float32]:
    from scipy.sparse import vstack

    return csr_matrix(vstack(blocks, format="csr"))


def _unit(table: csr_matrix[np.float32]) -> csr_matrix[np.float32]:
    squares = csr_matrix((table.data**2, table.indices, table.indptr), shape=table.shape)
    norms = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
    return csr_matrix(diags_array(1.0 / np.maximum(norms, 1e-9)).astype(np.float32) @ table)


def _ones(table: csr_matrix[np.float32]) -> csr_matrix[np.float32]:
    return csr_matrix((np.ones_like(table.data), table.indices, table.indptr), shape=table.shape)


def _parts(matrix: csr_matrix[np.float32]) -> dict[str, NDArray[Any]]:
    return {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}


def _whole(state: Mapping[str, NDArray[Any]], shape: tuple[int, int]) -> csr_matrix[np.float32]:
    return csr_matrix((state["data"], state["indices"], state["indptr"]), shape=shape)
