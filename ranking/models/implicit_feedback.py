"""EASE and iALS as scorers of profiles: what is a positive is part of their settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ranking.ease import EASE, EASEConfig
from ranking.ials import IALS, IALSConfig
from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal, known, masked, positives


@dataclass(frozen=True, slots=True)
class EASEScorerConfig:
    """As `EASEConfig`, and what counts as a positive."""

    regularisation: float = 200.0
    dislike_weight: float = 0.5
    signal: Signal = "likes"


class EASEScorer(FittedScorer):
    """`ranking.ease.EASE` over profiles."""

    name = "ease"
    config_type = EASEScorerConfig

    def __init__(self, items: int, config: EASEScorerConfig, model: EASE) -> None:
        super().__init__(items, config)
        self.model = model

    @classmethod
    def fit(cls, interactions: Interactions, config: EASEScorerConfig | None = None) -> EASEScorer:
        """Fit on the positives."""
        config = config or EASEScorerConfig()
        chosen = positives(interactions.preferences(), config.signal)
        model = EASE.fit(chosen, EASEConfig(config.regularisation, config.dislike_weight))
        return cls(chosen.shape[1], config, model)

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items)."""
        chosen = positives(profiles, self.config.signal, self.config.dislike_weight)
        return masked(self.model.score(chosen), known(chosen[:, self.model.rows]))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The inverse Gram matrix and its rows."""
        return {"inverse": self.model.inverse, "rows": self.model.rows}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the inverse Gram matrix."""
        ease = EASEConfig(config.regularisation, config.dislike_weight)
        return cls(items, config, EASE(state["inverse"], state["rows"], items, ease))


@dataclass(frozen=True, slots=True)
class IALSScorerConfig:
    """As `IALSConfig`, and what counts as a positive."""

    factors: int = 64
    regularisation: float = 0.1
    alpha: float = 10.0
    iterations: int = 15
    dislike_weight: float = 0.5
    seed: int = 7
    signal: Signal = "likes"

    def inner(self) -> IALSConfig:
        """The settings of the model itself."""
        return IALSConfig(
            self.factors, self.regularisation, self.alpha, self.iterations, self.dislike_weight, self.seed
        )


class IALSScorer(FittedScorer):
    """`ranking.ials.IALS` over profiles."""

    name = "ials"
    config_type = IALSScorerConfig

    def __init__(self, items: int, config: IALSScorerConfig, model: IALS) -> None:
        super().__init__(items, config)
        self.model = model

    @classmethod
    def fit(cls, interactions: Interactions, config: IALSScorerConfig | None = None) -> IALSScorer:
        """Fit on the positives."""
        config = config or IALSScorerConfig()
        chosen = positives(interactions.preferences(), config.signal)
        return cls(chosen.shape[1], config, IALS.fit(chosen, config.inner()))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items)."""
        return self.model.score(positives(profiles, self.config.signal, self.config.dislike_weight))

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The item factors and their rows."""
        return {"factors": self.model.factors, "rows": self.model.rows}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the item factors."""
        return cls(items, config, IALS(state["factors"], state["rows"], items, config.inner()))
