"""What EASE and iALS share: which catalog rows they know, folding people in, and one file on disk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Rows, Scores

Places = NDArray[np.int64]
"""Numbers of items inside the model, as opposed to rows of the catalog."""


class FoldInModel(ABC):
    """A model over the items in `rows`, the catalog rows with interactions; `items` is the size of the catalog."""

    name: str
    config_type: ClassVar[type[Any]]
    table_name: ClassVar[str]
    """What the array that was learned is called, in the file and as an attribute."""

    def __init__(self, table: NDArray[np.float32], rows: Rows, items: int, config: Any) -> None:
        setattr(self, self.table_name, table)
        self.rows = rows
        self.items = items
        self.config = config
        self._places = np.full(items, -1, np.int64)
        self._places[rows] = np.arange(len(rows))

    def fold_in(self, likes: Rows, dislikes: Rows | None = None, targets: Rows | None = None) -> Scores:
        """Scores for a person with these likes and dislikes, of all catalog rows or of the `targets` only.

        NaN for items without interactions, and everywhere when nothing that was named has any.
        """
        scores = np.full(self.items if targets is None else len(targets), np.nan, np.float32)
        liked, disliked = self._known(likes), self._known(likes[:0] if dislikes is None else dislikes)
        if not len(liked) and not len(disliked):
            return scores
        if targets is None:
            scores[self.rows] = self._score(liked, disliked, slice(None))
        else:
            places = self._place(targets)
            scores[places >= 0] = self._score(liked, disliked, places[places >= 0])
        return scores

    def influence(self, likes: Rows, targets: Rows) -> NDArray[np.float32]:
        """What each liked item adds to each target's score, shape (likes, targets); 0 where an item is unknown."""
        found = np.zeros((len(likes), len(targets)), np.float32)
        sources, columns = self._place(likes), self._place(targets)
        picked = np.ix_(np.flatnonzero(sources >= 0), np.flatnonzero(columns >= 0))
        if picked[0].size and picked[1].size:
            found[picked] = self._shares(sources[sources >= 0], columns[columns >= 0])
        return found

    def add_items(self, items: int) -> None:
        """The catalog has grown to so many rows; the new ones are without interactions until `change_user`."""
        self._places = np.append(self._places, np.full(items - self.items, -1, np.int64))
        self.items = items

    @abstractmethod
    def _score(self, liked: Places, disliked: Places, targets: Places | slice) -> Scores:
        """Scores of the targets, at least one item being liked or disliked."""

    @abstractmethod
    def _shares(self, liked: Places, targets: Places) -> NDArray[np.float32]:
        """What each liked item adds to each target's score, shape (liked, targets)."""

    def _place(self, rows: Rows) -> Places:
        inside = np.asarray(rows, np.int64)
        return np.where(inside < self.items, self._places[np.minimum(inside, self.items - 1)], -1)

    def _known(self, rows: Rows) -> Places:
        places = self._place(rows)
        return places[places >= 0]

    def save(self, path: Path) -> None:
        """Write one .npz file, without pickle."""
        settings: dict[str, Any] = {f"config_{key}": value for key, value in asdict(self.config).items()}
        learned: dict[str, Any] = {self.table_name: getattr(self, self.table_name)}
        with path.open("wb") as file:
            np.savez(file, rows=self.rows, items=np.int64(self.items), **learned, **settings)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Pickled content is refused."""
        with np.load(path, allow_pickle=False) as stored:
            settings = {key[7:]: stored[key].item() for key in stored.files if key.startswith("config_")}
            return cls(stored[cls.table_name], stored["rows"], int(stored["items"]), cls.config_type(**settings))
