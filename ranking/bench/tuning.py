"""Choosing each system's settings on validation splits, and the hybrid of our models from what was chosen."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from ranking.bench.evaluation import validation_score
from ranking.bench.splits import Split
from ranking.bench.systems import System, filled
from ranking.metrics import Lists
from ranking.models import fit_scorer
from ranking.models.content import Content
from ranking.models.fitted import FittedScorer
from ranking.models.hybrid import Hybrid, HybridConfig, hide, learn_weights, standardised, top

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


def components(split: Split, chosen: Mapping[str, Mapping[str, Any]], content: Content) -> list[FittedScorer]:
    """Our models with the chosen settings, trained on this split, and the content model."""
    return [*(fit_scorer(name, split.training, **settings) for name, settings in chosen.items()), content]


def tune_hybrid(
    splits: tuple[Split, ...], chosen: Mapping[str, Mapping[str, Any]], content: Content
) -> dict[str, float]:
    """Weights of the components, learned on all validation splits together."""
    blocks: list[list[Any]] = []
    names: list[str] = []
    for split in splits:
        parts = components(split, chosen, content)
        names = [one.name for one in parts]
        blocks.append([hide(standardised(one.score(split.profiles), split.profiles), split.profiles) for one in parts])
    stacked = np.stack([np.concatenate([block[place] for block in blocks]) for place in range(len(names))])
    wanted = csr_matrix(vstack([split.wanted for split in splits], format="csr"))
    return dict(zip(names, learn_weights(stacked, wanted).tolist(), strict=True))


def hybrid_lists(
    split: Split, chosen: Mapping[str, Mapping[str, Any]], content: Content, weights: Mapping[str, float], depth: int
) -> Lists:
    """Lists of the hybrid whose components are trained on this split."""
    parts = components(split, chosen, content)
    hybrid = Hybrid(HybridConfig(dict(weights)), parts)
    return top(hide(hybrid.score(split.profiles), split.profiles), depth)
