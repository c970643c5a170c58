"""Training the product's models on a catalog's interactions, and loading them to serve."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from ranking.blend import BlendWeights
from ranking.ease import EASE, EASEConfig
from ranking.ials import IALS, IALSConfig
from ranking.interactions import Interactions
from ranking.ranker import Ranker, Vectors
from ranking.scorer import CollaborativeModel
from retrieval.catalog import Catalog

_LOG = logging.getLogger(__name__)
_MODELS: dict[str, type[EASE] | type[IALS]] = {"ease": EASE, "ials": IALS}
MODEL_FILE, META_FILE, BLEND_FILE = "collaborative.npz", "collaborative.json", "blend.json"
COUNTS_FILE = "counts.npy"


def fit_model(
    interactions: Interactions,
    memory_limit: int = 4 * 2**30,
    ease: EASEConfig | None = None,
    ials: IALSConfig | None = None,
) -> CollaborativeModel:
    """EASE while its matrices fit in `memory_limit` bytes, else iALS; the choice is logged."""
    likes = interactions.likes()
    warm = len(np.unique(likes.indices))
    needed = EASE.bytes_needed(warm)
    if needed <= memory_limit:
        _LOG.info("EASE chosen: %d items need %.1f of %.1f GB", warm, needed / 1e9, memory_limit / 1e9)
        return EASE.fit(likes, ease)
    _LOG.info("iALS chosen: EASE over %d items needs %.1f of %.1f GB", warm, needed / 1e9, memory_limit / 1e9)
    return IALS.fit(likes, ials)


def build_models(
    catalog: Catalog,
    interactions: pd.DataFrame | Interactions,
    out_dir: Path,
    progress: bool = True,
    memory_limit: int = 4 * 2**30,
) -> Interactions:
    """Fit the collaborative model and write it to `out_dir` with the default blend weights where none are yet.

    Returns the interactions after cleaning, with the report of what was removed. Raises InteractionsError when nothing
    is left to learn from.
    """
    if isinstance(interactions, pd.DataFrame):
        interactions = Interactions.from_frame(interactions, catalog.ids)
    if progress:
        users, ratings = len(interactions.user_ids), interactions.matrix.nnz
        _LOG.info("learning from %d interactions of %d people%s", ratings, users, interactions.report.text())
    model = fit_model(interactions, memory_limit)
    out_dir.mkdir(parents=True, exist_ok=True)
    save_model(model, interactions.counts(), out_dir)
    if not (out_dir / BLEND_FILE).exists():
        BlendWeights().save(out_dir / BLEND_FILE)
    return interactions


def save_model(model: CollaborativeModel, counts: np.ndarray[tuple[int], np.dtype[np.int64]], out_dir: Path) -> None:
    """Write the model and the items' interaction counts; `load_ranker` reads them."""
    model.save(out_dir / MODEL_FILE)
    np.save(out_dir / COUNTS_FILE, counts, allow_pickle=False)
    (out_dir / META_FILE).write_text(json.dumps({"model": model.name, "items": model.items}), encoding="utf-8")


def load_model(folder: Path) -> CollaborativeModel | None:
    """The collaborative model in this folder, or None when the catalog came without interactions."""
    meta = folder / META_FILE
    if not meta.exists():
        return None
    return _MODELS[json.loads(meta.read_text(encoding="utf-8"))["model"]].load(folder / MODEL_FILE)


def load_ranker(catalog: Catalog, index: Vectors, folder: Path) -> Ranker:
    """A ranker over the models in `folder`; without models it ranks by words, records and popularity.

    Raises ValueError when the models were built for another catalog.
    """
    model = load_model(folder)
    counts = np.zeros(len(catalog), np.int64)
    if model is not None:
        if model.items > len(catalog):
            raise ValueError(
                f"the models in {folder} know {model.items} items, the catalog has {len(catalog)}: "
                "run `concierge index`"
            )
        stored = np.load(folder / COUNTS_FILE, allow_pickle=False)
        counts[: len(stored)] = stored
        if model.items < len(catalog):
            model.add_items(len(catalog))
    weights = BlendWeights.load(folder / BLEND_FILE) if (folder / BLEND_FILE).exists() else BlendWeights()
    return Ranker(catalog, index, model, weights, counts)
