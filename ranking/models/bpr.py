"""Bayesian personalised ranking, trained by the library `implicit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal, known, masked, positives, warm

_STEPS = 60
_NEGATIVES = 400


@dataclass(frozen=True, slots=True)
class BPRConfig:
    """Settings of `implicit.bpr.BayesianPersonalizedRanking`."""

    factors: int = 64
    learning_rate: float = 0.05
    regularisation: float = 0.01
    iterations: int = 200
    seed: int = 7
    signal: Signal = "likes"


class BPR(FittedScorer):
    """Item factors learned on pairs of a positive and an unknown item (Rendle et al., UAI 2009).

    The last factor of an item is its bias. A person is folded in by gradient ascent on the same criterion, the items
    held fixed.
    """

    name = "bpr"
    config_type = BPRConfig

    def __init__(self, config: BPRConfig, factors: NDArray[np.float32], warm_items: NDArray[np.bool_]) -> None:
        super().__init__(len(factors), config)
        self.factors = factors
        self.warm = warm_items

    @classmethod
    def fit(cls, interactions: Interactions, config: BPRConfig | None = None) -> BPR:
        """Fit on the positives."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        config = config or BPRConfig()
        chosen = positives(interactions.preferences(), config.signal)
        model = BayesianPersonalizedRanking(
            factors=config.factors,
            learning_rate=config.learning_rate,
            regularization=config.regularisation,
            iterations=config.iterations,
            random_state=config.seed,
            num_threads=1,  # more threads write over each other: no run would equal the next
        )
        model.fit(chosen, show_progress=False)
        return cls(config, np.asarray(model.item_factors, np.float32), warm(chosen))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items)."""
        chosen = positives(profiles, self.config.signal)
        people = np.stack([self._person(chosen[person].indices) for person in range(chosen.shape[0])])
        return masked(people.astype(np.float32) @ self.factors.T, known(chosen), self.warm)

    def _person(self, likes: NDArray[np.int32]) -> NDArray[np.float64]:
        person = np.zeros(self.factors.shape[1])
        person[-1] = 1.0  # meets the items' biases
        others = np.setdiff1d(np.flatnonzero(self.warm), likes)
        if not len(likes) or not len(others):
            return person
        drawn = np.random.default_rng(self.config.seed).choice(others, min(_NEGATIVES, len(others)), replace=False)
        # In double: with five single-precision columns OpenBLAS 0.3.31 also multiplies memory it never wrote, and numpy
        # then warns of an invalid value that is not in the result.
        wanted, unknown = self.factors[likes].astype(np.float64), self.factors[drawn].astype(np.float64)
        for _ in range(_STEPS):
            margin = (wanted @ person)[:, None] - (unknown @ person)[None, :]
            pull = 1 / (1 + np.exp(np.clip(margin, -30, 30)))
            towards = (pull.sum(axis=1) @ wanted - pull.sum(axis=0) @ unknown) / pull.shape[1]
            person += 0.5 * (towards / len(likes) - self.config.regularisation * person)
            person[-1] = 1.0
        return person

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The item factors."""
        return {"factors": self.factors, "warm": self.warm}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the item factors."""
        del items
        return cls(config, state["factors"], state["warm"])
