"""Several models as one: their scores, brought to one scale, in a weighted sum."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from ranking import metrics
from ranking.models.fitted import FittedScorer, Profiles

_DEPTH = 10
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class HybridConfig:
    """Weight of each component, by its name.

    `caution` is the number of profile entries at which a personal component has half its weight, n / (n + caution):
    what little is known of a person is not trusted over what everybody likes.
    """

    weights: dict[str, float] = field(default_factory=dict)
    caution: float = 0.0


class Hybrid(FittedScorer):
    """A weighted sum of standardised scores; an item or person that one component does not know lives on the others."""

    name = "hybrid"
    config_type = HybridConfig

    def __init__(self, config: HybridConfig, components: Sequence[FittedScorer]) -> None:
        """Every component has a weight in the settings, and all have the same items. Raises ValueError otherwise."""
        super().__init__(components[0].items, config)
        if {one.name for one in components} != set(config.weights) or {one.items for one in components} != {self.items}:
            raise ValueError("a hybrid needs one weight for each component, and components over the same items")
        self.components = tuple(components)

    @classmethod
    def learn(cls, components: Sequence[FittedScorer], profiles: Profiles, wanted: csr_matrix[np.float32]) -> Hybrid:
        """Choose the weights for validation people.

        `wanted` marks with ones what was withheld from each of `profiles`; both have shape (people, items).
        """
        scores = [hide(standardised(one.score(profiles), profiles), profiles) for one in components]
        weights = learn_weights(np.stack(scores), wanted)
        names = [one.name for one in components]
        return cls(HybridConfig(dict(zip(names, weights.tolist(), strict=True))), components)

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Shape (people, items); NaN where no component with a weight says anything."""
        total = np.zeros((profiles.shape[0], self.items), np.float32)
        said = np.zeros(total.shape, np.bool_)
        entries = np.diff(profiles.indptr)[:, None]
        trust = np.asarray(entries / np.maximum(entries + self.config.caution, 1e-9), np.float32)
        for component in self.components:
            weight = self.config.weights[component.name]
            if weight:
                scores = component.score(profiles)
                said |= np.isfinite(scores)
                share = np.ones_like(trust) if component.name == "popular" else trust
                total += np.float32(weight) * share * standardised(scores, profiles)
        return np.where(said, total, np.nan).astype(np.float32)

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The arrays of the components, with their settings."""
        arrays: dict[str, NDArray[Any]] = {}
        for one in self.components:
            arrays[f"{one.name}/config"] = np.array(json.dumps(asdict(one.config)))
            arrays |= {f"{one.name}/{name}": value for name, value in one.state().items()}
        return arrays

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the arrays of the components."""
        from ranking.models.registry import SCORERS  # here, since the registry names this class

        components = []
        for name in config.weights:
            kind = SCORERS[name]
            arrays = {key.removeprefix(f"{name}/"): value for key, value in state.items() if key.startswith(f"{name}/")}
            settings = kind.config_type(**json.loads(str(arrays.pop("config"))))
            components.append(kind.restore(items, settings, arrays))
        return cls(config, components)


def learn_weights(scores: NDArray[np.float32], wanted: csr_matrix[np.float32]) -> NDArray[np.float64]:
    """Weights (components,), none negative; `scores` is (components, people, items), standardised, -inf where an item
    may not be recommended.

    They make what was wanted most likely when people choose by the softmax of the weighted sum (conditional logit;
    McFadden, 1974): NDCG itself jumps, and follows the few people of a validation set too closely. A component that
    does better alone, by NDCG, gets all the weight. Raises ValueError when nobody wants anything.
    """
    relevant = np.diff(wanted.indptr).astype(np.int64)
    people = relevant > 0
    if not people.any():
        raise ValueError("nobody wants anything: there is nothing to learn weights from")
    held, hidden = wanted[people], np.isneginf(scores[0, people])
    values = np.where(hidden, 0.0, scores[:, people]).astype(np.float32)
    share = held.toarray() / relevant[people, None]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total = np.tensordot(weights.astype(np.float32), values, 1)
        total[hidden] = -np.inf
        logs = total - logsumexp(total, axis=1, keepdims=True)
        missed = np.exp(logs) - share
        slope = np.tensordot(values.reshape(len(values), -1), missed.ravel().astype(np.float32), 1) / len(total)
        likely = float((share[share > 0] * logs[share > 0]).sum()) / len(total)
        return _RIDGE * float(weights @ weights) - likely, slope + 2 * _RIDGE * weights

    def reached(tried: NDArray[np.float64]) -> float:
        total = np.tensordot(tried.astype(np.float32), values, 1)
        total[hidden] = -np.inf
        return float(metrics.ndcg(metrics.hits(top(total, _DEPTH), held), relevant[people]).mean())

    single = max(np.eye(len(scores)), key=reached)
    start = np.full(len(scores), 1.0 / len(scores))
    learned = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(scores)).x
    return np.asarray(learned if reached(learned) >= reached(single) else single, np.float64)


def hide(scores: NDArray[np.float32], profiles: Profiles) -> NDArray[np.float32]:
    """Scores without what the people know already: -inf there; in place."""
    for person in range(profiles.shape[0]):
        scores[person, profiles.indices[profiles.indptr[person] : profiles.indptr[person + 1]]] = -np.inf
    return scores


def standardised(scores: NDArray[np.float32], profiles: Profiles) -> NDArray[np.float32]:
    """Scores in deviations from the mean of each row's unknown items; a missing score becomes 0."""
    finite = np.isfinite(scores)
    values = np.where(finite, scores, 0)
    counted = np.isfinite(hide(values.copy(), profiles)) & finite
    count = np.maximum(counted.sum(axis=1, keepdims=True), 1)
    mean = np.where(counted, values, 0).sum(axis=1, keepdims=True) / count
    spread = np.sqrt((np.where(counted, values - mean, 0) ** 2).sum(axis=1, keepdims=True) / count)
    return np.where(finite, (values - mean) / np.maximum(spread, 1e-9), 0.0).astype(np.float32)


def top(scores: NDArray[np.float32], depth: int) -> metrics.Lists:
    """The `depth` best columns of each row, best first, ties by column; -1 where the scores are not finite."""
    scores = np.where(np.isfinite(scores), scores, -np.inf)
    depth = min(depth, scores.shape[1])
    best = np.sort(np.argpartition(-scores, depth - 1, axis=1)[:, :depth], axis=1)
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    lists, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    return np.where(np.isfinite(values), lists, -1).astype(np.int64)
