"""What every collaborative model offers to the rest of the room."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from retrieval.types import Rows, Scores


class Scorer(Protocol):
    """A trained model that scores catalog rows for a person, known or not, from what they liked and disliked."""

    name: str
    items: int

    def fold_in(self, likes: Rows, dislikes: Rows | None = None) -> Scores:
        """Shape (items,); NaN for an item, or a person, that the model has nothing to say about."""
        ...

    def score(self, profiles: csr_matrix[np.float32]) -> NDArray[np.float32]:
        """The same for many people, shape (people, items)."""
        ...

    def save(self, path: Path) -> None:
        """Write one file, without pickle."""
        ...


class CollaborativeModel(Scorer, Protocol):
    """A scorer that the product can explain and update while it serves: EASE, or iALS for large catalogs."""

    def fold_in(self, likes: Rows, dislikes: Rows | None = None, targets: Rows | None = None) -> Scores:
        """As in `Scorer`; with `targets` the scores of these rows only, shape (targets,)."""
        ...

    def influence(self, likes: Rows, targets: Rows) -> NDArray[np.float32]:
        """What each liked item adds to each target's score, shape (likes, targets)."""
        ...

    def add_items(self, items: int) -> None:
        """The catalog has grown to so many rows."""
        ...

    def change_user(self, before: Rows, after: Rows) -> None:
        """Someone who liked `before` (empty for a new person) now likes `after`."""
        ...
