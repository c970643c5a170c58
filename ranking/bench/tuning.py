"""Choosing each system's settings on validation splits, and the hybrid of our models from what was chosen."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from ranking.bench.evaluation import validation_score
from ranking.bench.splits import Split
from ranking.bench.systems import Ours, Settings, System, filled
from ranking.metrics import Lists
from ranking.models.content import Content
from ranking.models.hybrid import hide, learn_weights, standardised, top

_LOG = logging.getLogger(__name__)


def tune(system: System, splits: tuple[Split, ...], depth: int) -> dict[str, Any]:
    """The settings of the grid with the highest NDCG on validation."""
    started = time.perf_counter()
    lists = [system.recommend(split, system.grid, depth) for split in splits]
    reached = [
        validation_score([filled(lists[part][place], split) for part, split in enumerate(splits)], splits)
        for place in range(len(system.grid))
    ]
    best = int(np.argmax(reached))
    took = time.perf_counter() - started
    _LOG.info("%s %s: NDCG %.4f with %s (%.0f s)", system.origin, system.name, reached[best], system.grid[best], took)
    return dict(system.grid[best])


Chosen = Sequence[tuple[Ours, Settings]]
"""Our models, each with the settings that were chosen."""


def components(split: Split, chosen: Chosen, content: Content) -> dict[str, NDArray[np.float32]]:
    """Scores of our models, trained on this split with these settings, and of the content model."""
    found = {system.name: system.scores(split, settings) for system, settings in chosen}
    return {**found, content.name: content.score(split.profiles)}


def tune_hybrid(splits: tuple[Split, ...], chosen: Chosen, content: Content) -> dict[str, float]:
    """Weights of the components, learned on all validation splits together."""
    blocks: list[list[NDArray[np.float32]]] = []
    names: list[str] = []
    for split in splits:
        parts = components(split, chosen, content)
        names = list(parts)
        blocks.append([hide(standardised(one, split.profiles), split.profiles) for one in parts.values()])
    stacked = np.stack([np.concatenate([block[place] for block in blocks]) for place in range(len(names))])
    wanted = csr_matrix(vstack([split.wanted for split in splits], format="csr"))
    return dict(zip(names, learn_weights(stacked, wanted).tolist(), strict=True))


def hybrid_lists(split: Split, chosen: Chosen, content: Content, weights: Mapping[str, float], depth: int) -> Lists:
    """Lists of `ranking.models.hybrid.Hybrid` whose components are trained on this split."""
    used = {name: scores for name, scores in components(split, chosen, content).items() if weights[name]}
    total = np.sum([weights[name] * standardised(scores, split.profiles) for name, scores in used.items()], axis=0)
    said = np.any([np.isfinite(scores) for scores in used.values()], axis=0)
    return top(hide(np.where(said, total, np.nan).astype(np.float32), split.profiles), depth)
