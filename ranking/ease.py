"""EASE, the closed-form item-item model, with fold-in of people it has never seen and updates without a refit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from retrieval.types import Rows, Scores


@dataclass(frozen=True, slots=True)
class EASEConfig:
    """`regularisation` is λ; `dislike_weight` is what a disliked item counts in a fold-in, where a like counts 1."""

    regularisation: float = 200.0
    dislike_weight: float = 0.5


class EASE:
    """Item weights B minimising |X - XB|² + λ|B|² with a zero diagonal (Steck, WWW 2019, arXiv:1905.03375).

    With P = (XᵀX + λI)⁻¹ the answer is B = I - P / diag(P). P is kept rather than B: it has the same size, B follows
    from it column by column, and a new user is a rank-one change of it.
    """

    name = "ease"

    def __init__(self, inverse: NDArray[np.float32], rows: Rows, items: int, config: EASEConfig) -> None:
        """`inverse` is P over the items in `rows` (catalog rows with interactions); `items` the size of the catalog."""
        self.inverse = inverse
        self.rows = rows
        self.items = items
        self.config = config
        self._places = np.full(items, -1, np.int64)
        self._places[rows] = np.arange(len(rows))

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

    def fold_in(self, likes: Rows, dislikes: Rows | None = None) -> Scores:
        """Scores of all catalog rows for a person with these likes and dislikes, shape (items,).

        NaN for items without interactions, and everywhere when nothing that was named has any.
        """
        scores = np.full(self.items, np.nan, np.float32)
        profile = [(likes, 1.0)] if dislikes is None else [(likes, 1.0), (dislikes, -self.config.dislike_weight)]
        known = [(self._known(rows), weight) for rows, weight in profile]
        if not any(len(places) for places, _ in known):
            return scores
        folded = np.zeros(len(self.rows), np.float32)
        for places, weight in known:
            folded += weight * self._weights(places).sum(axis=0)
        scores[self.rows] = folded
        return scores

    def influence(self, likes: Rows, targets: Rows) -> NDArray[np.float32]:
        """What each liked item adds to each target's score, shape (likes, targets); 0 where an item is unknown."""
        found = np.zeros((len(likes), len(targets)), np.float32)
        sources, columns = self._place(likes), self._place(targets)
        picked = np.ix_(np.flatnonzero(sources >= 0), np.flatnonzero(columns >= 0))
        if picked[0].size and picked[1].size:
            found[picked] = self._weights(sources[sources >= 0])[:, columns[columns >= 0]]
        return found

    def score(self, profiles: csr_matrix[np.float32]) -> NDArray[np.float32]:
        """Scores for many people at once: signed weights in, shape (people, items); NaN as in `fold_in`."""
        warm = profiles[:, self.rows]
        diagonal = self.inverse.diagonal()
        folded = warm.toarray() - (warm @ self.inverse) / diagonal
        scores = np.full((profiles.shape[0], self.items), np.nan, np.float32)
        scores[:, self.rows] = folded
        return scores

    def add_items(self, items: int) -> None:
        """The catalog has grown to so many rows; the new ones are without interactions until `change_user`."""
        self._places = np.append(self._places, np.full(items - self.items, -1, np.int64))
        self.items = items

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

    def _weights(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        weights: NDArray[np.float32] = -self.inverse[places] / self.inverse.diagonal()
        weights[np.arange(len(places)), places] = 0.0
        return weights

    def _place(self, rows: Rows) -> NDArray[np.int64]:
        inside = np.asarray(rows, np.int64)
        return np.where(inside < self.items, self._places[np.minimum(inside, self.items - 1)], -1)

    def _known(self, rows: Rows) -> NDArray[np.int64]:
        places = self._place(rows)
        return places[places >= 0]

    def save(self, path: Path) -> None:
        """Write one .npz file, without pickle."""
        settings: dict[str, Any] = {f"config_{key}": value for key, value in asdict(self.config).items()}
        with path.open("wb") as file:
            np.savez(file, inverse=self.inverse, rows=self.rows, items=np.int64(self.items), **settings)

    @classmethod
    def load(cls, path: Path) -> EASE:
        """Read what `save` wrote. Pickled content is refused."""
        with np.load(path, allow_pickle=False) as stored:
            config = EASEConfig(float(stored["config_regularisation"]), float(stored["config_dislike_weight"]))
            return cls(stored["inverse"], stored["rows"], int(stored["items"]), config)


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
