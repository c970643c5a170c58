"""`concierge bench ratings`: our models, `implicit` and LensKit on the same splits of one data set, in one run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from ranking.bench.cold import cold_rows
from ranking.bench.data import RatingsData, read_ratings
from ranking.bench.errors import rating_rows
from ranking.bench.evaluation import Result, evaluate
from ranking.bench.lenskit import lenskit_systems
from ranking.bench.report import Table, ratings_table, write_report
from ranking.bench.splits import PROTOCOLS, Protocol, make_split, validation
from ranking.bench.systems import Ours, Settings, System, filled, systems
from ranking.bench.tuning import hybrid_lists, tune, tune_hybrid
from ranking.models.content import Content, ContentConfig

_LOG = logging.getLogger(__name__)
DEPTH = 10


Piece = Protocol | Literal["cold", "errors"]
PIECES: tuple[Piece, ...] = (*PROTOCOLS, "cold", "errors")
"""What can be run by itself: each protocol, new people and new items, and the rating predictors."""


def run_ratings_bench(
    ratings_dir: Path, out_dir: Path, lenskit_env: Path | None = None, pieces: Sequence[Piece] = PIECES
) -> dict[str, Any]:
    """Run these pieces and write `report.html`, `ratings.json` and PNG plots to `out_dir`; returns what the JSON holds.

    `ratings_dir` is in MovieLens' layout; `lenskit_env` is a virtual environment with LensKit in it, or None to leave
    LensKit out. Each system's settings are chosen on validation splits made of training data; the test part of each
    protocol is used once. Raises ValueError for a piece that there is not.
    """
    if unknown := set(pieces) - set(PIECES):
        raise ValueError(f"no piece is called {', '.join(sorted(unknown))}; there are {', '.join(PIECES)}")
    data = read_ratings(ratings_dir)
    contenders = systems() + ([] if lenskit_env is None else lenskit_systems(lenskit_env))
    tables: list[Table] = []
    for protocol in PROTOCOLS:
        if protocol in pieces:
            results = run_protocol(data, protocol, contenders)
            tables += ratings_table(protocol, results, DEPTH)
    if "cold" in pieces:
        tables += cold_rows(data, DEPTH)
    if "errors" in pieces:
        tables.append(rating_rows(data, lenskit_env))
    return write_report(data, tables, out_dir)


def run_protocol(data: RatingsData, protocol: Protocol, contenders: Sequence[System]) -> list[Result]:
    """Tune on validation, train again on all of the training part, measure once. The hybrid comes first."""
    split = make_split(data.interactions, protocol)
    inner = validation(data.interactions, split, protocol)
    _LOG.info(
        "%s: %d people under test, %d ratings to train on", protocol, len(split.trained), split.training.matrix.nnz
    )
    content = Content(ContentConfig(), data.vectors)
    results: list[Result] = []
    chosen: list[tuple[Ours, Settings]] = []
    for system in contenders:
        settings = tune(system, inner, DEPTH)
        lists = filled(system.recommend(split, [settings], DEPTH)[0], split)
        results.append(evaluate(system.name, system.origin, settings, lists, split, data))
        if isinstance(system, Ours):
            chosen.append((system, settings))
    weights = tune_hybrid(inner, chosen, content)
    _LOG.info("ours hybrid: %s", weights)
    lists = filled(hybrid_lists(split, chosen, content, weights, DEPTH), split)
    return [evaluate("hybrid", "ours", dict(weights), lists, split, data), *results]
