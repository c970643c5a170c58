"""Learning the weights of the blend on people whose ratings the collaborative model has not seen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranking.blend import PARTS, BlendWeights, trust, values
from ranking.build import BLEND_FILE, fit_model
from ranking.interactions import Interactions
from ranking.ranker import Ranker, Vectors
from ranking.simulate import Case, simulate, split_users
from retrieval.catalog import Catalog
from retrieval.types import Rows

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts in, L2-normalised embeddings out, shape (texts, d)."""

_LOG = logging.getLogger(__name__)
_GRID = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.0)
_SHRINKAGES = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0)
_EACH = 100
"""Candidates that each part brings into a case, like the generators of a real turn."""

_DEPTH = 10
_GAIN = 0.002
"""What a change of a weight has to gain: less is noise with some hundred cases."""


@dataclass(frozen=True, slots=True)
class _Cases:
    """Cases side by side: `parts` (cases, candidates, 5) before weighting and shrinkage, `support` and `gains`
    (cases, candidates), the interactions of each case's best known like (cases,), its ideal gain (cases,), and whose
    case it is."""

    parts: NDArray[np.float32]
    support: NDArray[np.float32]
    known: NDArray[np.float32]
    gains: NDArray[np.float32]
    ideal: NDArray[np.float64]
    users: NDArray[np.int64]


def fit_blend(
    catalog: Catalog,
    index: Vectors,
    encode: Encode,
    interactions: Interactions,
    out_dir: Path | None = None,
    seed: int = 7,
) -> BlendWeights:
    """Learn the weights and the shrinkage by coordinate ascent on unbiased NDCG@10, and write them to `out_dir`.

    The model is trained on 60 % of the people; cases are simulated with the others, half of them to search on, half to
    report on. `learned` in the result holds the figures before and after, with the number of cases.
    """
    training, people = split_users(interactions, 0.6, seed)
    model = fit_model(training)
    start = BlendWeights()
    ranker = Ranker(catalog, index, model, start, training.counts())
    searching, reporting = (
        _lay_out(ranker, encode, simulate(catalog, group, seed=seed)) for group in split_users(people, 0.5, seed)
    )
    best = _ascend(searching, start)
    learned: dict[str, float | str] = {
        "measure": f"NDCG@{_DEPTH} of simulated conversations with unseen people, hits weighted by inverse propensity",
        "seed": seed,
        "cases_searched": len(searching.users),
        "cases_reported": len(reporting.users),
        "defaults": float(_ndcg(reporting, start).mean()),
        "learned": float(_ndcg(reporting, best).mean()),
    }
    for name in PARTS:
        alone = _changed(best, {other: float(other == name) for other in PARTS})
        learned[f"only_{name}"] = float(_ndcg(reporting, alone).mean())
    learned = {name: round(value, 4) if isinstance(value, float) else value for name, value in learned.items()}
    best = replace(best, learned=learned)
    _LOG.info("blend learned: %s", best)
    if out_dir is not None:
        out_dir.mkdir(parents=True, exist_ok=True)
        best.save(out_dir / BLEND_FILE)
    return best


def _ascend(cases: _Cases, start: BlendWeights) -> BlendWeights:
    best, reached = start, float(_ndcg(cases, start).mean())
    for _ in range(4):
        before = best
        for name in (*PARTS[1:], "shrinkage"):  # the first weight stays 1: only ratios matter
            for value in _SHRINKAGES if name == "shrinkage" else _GRID:
                tried = _changed(best, {name: value})
                found = float(_ndcg(cases, tried).mean())
                if found > reached + _GAIN:
                    best, reached = tried, found
        if best == before:
            break
    return best


def _changed(weights: BlendWeights, changes: Mapping[str, float]) -> BlendWeights:
    return BlendWeights(**{**asdict(weights), **changes})


def _ndcg(cases: _Cases, weights: BlendWeights) -> NDArray[np.float64]:
    parts = cases.parts * weights.vector()
    parts[:, :, 0] *= trust(cases.support, weights.shrinkage) * trust(cases.known, weights.shrinkage)[:, None]
    scores = -parts.sum(axis=2)
    order = np.argpartition(scores, _DEPTH, axis=1)[:, :_DEPTH] if scores.shape[1] > _DEPTH else np.argsort(scores)
    order = np.take_along_axis(order, np.argsort(np.take_along_axis(scores, order, axis=1), axis=1), axis=1)
    gains = np.take_along_axis(cases.gains, order, axis=1) / np.log2(np.arange(2, order.shape[1] + 2))
    return np.asarray(gains.sum(axis=1) / cases.ideal)


def _lay_out(ranker: Ranker, encode: Encode, cases: list[Case]) -> _Cases:
    texts = list(dict.fromkeys(case.query.text for case in cases if case.query.text))
    vectors = dict(zip(texts, encode(texts), strict=True)) if texts else {}
    laid = [_candidates(ranker, case, vectors.get(case.query.text)) for case in cases]
    width = max(len(rows) for rows, _ in laid)
    parts = np.full((len(cases), width, len(PARTS)), -10.0, np.float32)
    support = np.full((len(cases), width), 1e9, np.float32)
    likes = (ranker.catalog.rows(case.query.liked) for case in cases)
    known = np.array([ranker.counts[rows].max(initial=0) for rows in likes], np.float32)
    gains = np.zeros((len(cases), width), np.float32)
    worth = _worth(ranker.counts)
    for place, (rows, found) in enumerate(laid):
        parts[place, : len(rows)] = found
        support[place, : len(rows)] = ranker.counts[rows]
        gains[place, : len(rows)] = np.isin(rows, cases[place].relevant) * worth[rows]
    best = [np.sort(worth[case.relevant])[::-1][:_DEPTH] for case in cases]
    ideal = np.array([np.sum(found / np.log2(np.arange(2, len(found) + 2))) for found in best])
    return _Cases(parts, support, known, gains, ideal, np.array([case.user for case in cases]))


def _worth(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Gain of a hit, shape (items,): the inverse of its propensity, the square root of how often it was chosen.

    People rate what everybody has seen. Without this correction (Schnabel et al., ICML 2016) the weights would learn to
    show the same well-known titles whatever was asked.
    """
    return np.asarray(1 / np.sqrt(1.0 + counts), np.float32)


def _candidates(ranker: Ranker, case: Case, vector: NDArray[np.float32] | None) -> tuple[Rows, NDArray[np.float32]]:
    """The best rows of each part, and their parts before weighting and shrinkage."""
    closed = frozenset((*case.query.liked, *case.query.disliked))
    rows = np.flatnonzero(ranker.catalog.allowed(case.query.constraints, closed))
    everything = values(ranker.signals(case.query, rows, vector), 0.0)
    tied = everything + 1e-4 * everything.sum(axis=1, keepdims=True)
    best = np.unique(np.argpartition(-tied, _EACH, axis=0)[:_EACH]) if len(rows) > _EACH else np.arange(len(rows))
    rows = rows[best]
    return rows, values(ranker.signals(case.query, rows, vector), 0.0)
