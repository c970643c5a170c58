"""What the models share: profiles in, scores out, one file on disk."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from retrieval.types import Rows, Scores

Profiles = csr_matrix[np.float32]
"""Preferences of people, shape (people, items), from -1 (hated) to 1 (loved), as `Interactions.preferences` gives them.

A stored zero is a middling rating; what is not stored is unknown.
"""

Signal = Literal["likes", "all"]
"""What a model that knows no ratings takes for a positive: likes only, or every interaction."""

LIKE_FROM, DISLIKE_TO = 0.3, -0.1
"""`RatingScale.like_from` and `dislike_to` on the scale of preferences."""


class FittedScorer(ABC):
    """A trained model. `items` is the number of columns it scores; `config` its typed settings."""

    name: ClassVar[str]
    config_type: ClassVar[type]

    def __init__(self, items: int, config: Any) -> None:
        self.items = items
        self.config = config

    @abstractmethod
    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Scores for many people, shape (people, items); NaN where the model has nothing to say."""

    @abstractmethod
    def state(self) -> Mapping[str, NDArray[Any]]:
        """The arrays that `save` keeps."""

    @classmethod
    @abstractmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """The model that `state` came from."""

    def fold_in(self, likes: Rows, dislikes: Rows | None = None) -> Scores:
        """Scores for one person who likes and dislikes these items, shape (items,)."""
        disliked = likes[:0] if dislikes is None else dislikes
        rows = np.concatenate([likes, disliked])
        values = np.concatenate([np.ones(len(likes)), -np.ones(len(disliked))]).astype(np.float32)
        return np.asarray(self.score(csr_matrix((values, rows, [0, len(rows)]), shape=(1, self.items)))[0])

    def save(self, path: Path) -> None:
        """Write one .npz file, without pickle."""
        meta = json.dumps({"name": self.name, "items": self.items, "config": asdict(self.config)})
        arrays: dict[str, Any] = dict(self.state())
        with path.open("wb") as file:
            np.savez(file, meta=np.array(meta), **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises ValueError when the file holds another model; pickled content is refused."""
        with np.load(path, allow_pickle=False) as stored:
            meta = json.loads(str(stored["meta"]))
            if meta["name"] != cls.name:
                raise ValueError(f"{path} holds the model {meta['name']!r}, not {cls.name!r}")
            arrays = {name: stored[name] for name in stored.files if name != "meta"}
        return cls.restore(meta["items"], cls.config_type(**meta["config"]), arrays)


def positives(profiles: Profiles, signal: Signal, dislike_weight: float = 0.0) -> Profiles:
    """Weights for a model that knows no ratings: 1 for a positive, minus `dislike_weight` for a dislike."""
    if signal == "all":
        data = np.ones_like(profiles.data)
    else:
        data = np.where(profiles.data >= LIKE_FROM, 1.0, np.where(profiles.data <= DISLIKE_TO, -dislike_weight, 0.0))
    found = csr_matrix((data.astype(np.float32), profiles.indices, profiles.indptr), shape=profiles.shape, copy=True)
    found.eliminate_zeros()  # in place: hence the copy
    return found


def known(profiles: Profiles) -> NDArray[np.bool_]:
    """Which people have any entry, shape (people,)."""
    return np.diff(profiles.indptr) > 0


def warm(profiles: Profiles) -> NDArray[np.bool_]:
    """Which items have any entry, shape (items,)."""
    return np.bincount(profiles.indices, minlength=profiles.shape[1]) > 0


def masked(
    scores: NDArray[np.float32], people: NDArray[np.bool_], items: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """NaN for unknown people and, where given, unknown items; in place."""
    scores[~people] = np.nan
    if items is not None:
        scores[:, ~items] = np.nan
    return scores
