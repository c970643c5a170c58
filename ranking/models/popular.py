"""Most popular, with interactions that fade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class PopularConfig:
    """An interaction counts half after `half_life` days, counted back from the newest; 0 means it never fades."""

    half_life: float = 0.0
    signal: Signal = "likes"


class Popular(FittedScorer):
    """The same list for everybody. Items that nobody has chosen are missing."""

    name = "popular"
    config_type = PopularConfig

    def __init__(self, items: int, config: PopularConfig, counts: NDArray[np.float32]) -> None:
        super().__init__(items, config)
        self.counts = counts

    @classmethod
    def fit(cls, interactions: Interactions, config: PopularConfig | None = None) -> Popular:
        """Without timestamps nothing fades."""
        config = config or PopularConfig()
        chosen = interactions.matrix.data >= interactions.scale.like_from
        if config.signal == "all":
            chosen[:] = True
        weights = chosen.astype(np.float64)
        if config.half_life > 0 and interactions.times is not None:
            ages = (interactions.times.max() - interactions.times) / _DAY
            weights *= np.exp2(-ages / config.half_life)
        items = len(interactions.item_ids)
        counts = np.bincount(interactions.matrix.indices, weights, minlength=items).astype(np.float32)
        return cls(items, config, np.where(counts > 0, counts, np.nan).astype(np.float32))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Faded counts, shape (people, items)."""
        return np.tile(self.counts, (profiles.shape[0], 1))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The counts."""
        return {"counts": self.counts}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the counts."""
        return cls(items, config, state["counts"])
