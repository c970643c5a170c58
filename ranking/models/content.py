"""Content only: items near what the person liked, by their embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ranking.models.fitted import FittedScorer, Profiles, known, masked, positives


@dataclass(frozen=True, slots=True)
class ContentConfig:
    """`dislike_weight` is what a disliked item counts, where a like counts 1."""

    dislike_weight: float = 0.5


class Content(FittedScorer):
    """Cosine with the mean embedding of the likes, less that of the dislikes. Knows every item, cold ones too."""

    name = "content"
    config_type = ContentConfig

    def __init__(self, config: ContentConfig, vectors: NDArray[np.float32]) -> None:
        """`vectors` has shape (items, d), L2-normalised, whatever made them."""
        super().__init__(len(vectors), config)
        self.vectors = vectors

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items)."""
        chosen = positives(profiles, "likes", self.config.dislike_weight)
        centres = np.asarray(chosen @ self.vectors, np.float32)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        return masked(centres @ self.vectors.T, known(chosen))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The embeddings."""
        return {"vectors": self.vectors}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the embeddings."""
        del items
        return cls(config, state["vectors"])
