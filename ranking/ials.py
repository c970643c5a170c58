"""Implicit ALS for catalogs whose EASE matrix would not fit: memory linear in items, the same fold-in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from retrieval.types import Rows, Scores


@dataclass(frozen=True, slots=True)
class IALSConfig:
    """`alpha` is the weight of a like above a missing entry; `dislike_weight` the same for a disliked item's zero."""

    factors: int = 64
    regularisation: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    dislike_weight: float = 0.5
    seed: int = 7


class IALS:
    """Weighted matrix factorisation (Hu, Koren, Volinsky, ICDM 2008), trained by the library `implicit`.

    A person is folded in by solving their factors in closed form: (YᵀCY + λI)⁻¹ YᵀC p.
    """

    name = "ials"

    def __init__(self, factors: NDArray[np.float32], rows: Rows, items: int, config: IALSConfig) -> None:
        """`factors` has shape (len(rows), config.factors): the items in `rows`, the catalog rows with interactions."""
        self.factors = factors
        self.rows = rows
        self.items = items
        self.config = config
        self._places = np.full(items, -1, np.int64)
        self._places[rows] = np.arange(len(rows))
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

    def fold_in(self, likes: Rows, dislikes: Rows | None = None) -> Scores:
        """Scores of all catalog rows, shape (items,); NaN where `EASE.fold_in` says so."""
        scores = np.full(self.items, np.nan, np.float32)
        liked, disliked = self._known(likes), self._known(likes[:0] if dislikes is None else dislikes)
        if len(liked) or len(disliked):
            wanted = self.config.alpha * self.factors[liked].sum(axis=0)
            scores[self.rows] = self.factors @ np.linalg.solve(self._system(liked, disliked), wanted)
        return scores

    def influence(self, likes: Rows, targets: Rows) -> NDArray[np.float32]:
        """What each liked item adds to each target's score, shape (likes, targets) (Hu et al. 2008, section 5)."""
        found = np.zeros((len(likes), len(targets)), np.float32)
        sources, columns = self._place(likes), self._place(targets)
        known = sources[sources >= 0]
        if len(known) and (columns >= 0).any():
            solved = np.linalg.solve(self._system(known, known[:0]), self.factors[columns[columns >= 0]].T)
            added = self.config.alpha * (self.factors[known] @ solved)
            found[np.ix_(np.flatnonzero(sources >= 0), np.flatnonzero(columns >= 0))] = added
        return found

    def score(self, profiles: csr_matrix[np.float32]) -> NDArray[np.float32]:
        """Scores for many people, shape (people, items): positive entries are likes, negative ones dislikes."""
        scores = np.empty((profiles.shape[0], self.items), np.float32)
        for person in range(profiles.shape[0]):
            entries = slice(profiles.indptr[person], profiles.indptr[person + 1])
            rows, values = profiles.indices[entries].astype(np.int64), profiles.data[entries]
            scores[person] = self.fold_in(rows[values > 0], rows[values < 0])
        return scores

    def add_items(self, items: int) -> None:
        """The catalog has grown to so many rows; the new ones are without interactions."""
        self._places = np.append(self._places, np.full(items - self.items, -1, np.int64))
        self.items = items

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

    def _system(self, liked: NDArray[np.int64], disliked: NDArray[np.int64]) -> NDArray[np.float32]:
        near, far = self.factors[liked], self.factors[disliked]
        system = self._base + max(self.config.alpha - 1.0, 0.0) * (near.T @ near)
        return np.asarray(system + self.config.alpha * self.config.dislike_weight * (far.T @ far), np.float32)

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
            np.savez(file, factors=self.factors, rows=self.rows, items=np.int64(self.items), **settings)

    @classmethod
    def load(cls, path: Path) -> IALS:
        """Read what `save` wrote. Pickled content is refused."""
        with np.load(path, allow_pickle=False) as stored:
            config = IALSConfig(**{key[7:]: stored[key].item() for key in stored.files if key.startswith("config_")})
            return cls(stored["factors"], stored["rows"], int(stored["items"]), config)
