"""From items and interactions to a catalog folder that can be served."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from retrieval.catalog import ITEMS_FILE, Catalog
from retrieval.index import IndexProblem, ItemIndex
from retrieval.item_text import TEXT_VERSION
from retrieval.types import Item, TextEmbedder

INTERACTIONS_FILE = "interactions.parquet"
META_FILE = "meta.json"

_LOG = logging.getLogger(__name__)


class BuildProblem(ValueError):
    """The catalog cannot be built from this; the text says why."""


def build_catalog(
    items: Iterable[Item],
    interactions: pd.DataFrame | None,
    out_dir: Path,
    embedder: TextEmbedder,
    progress: bool = True,
) -> Catalog:
    """Write items.parquet, interactions.parquet and the vector index into `out_dir`; what is current is left alone.

    `interactions` has the columns user_id, item_id, rating and perhaps timestamp; rows of items that the catalog does
    not hold are left out, and logged. Raises BuildProblem when there are no items or no interaction fits them.
    """
    items = tuple(items)
    if not items:
        raise BuildProblem("a catalog needs at least one item")
    catalog = Catalog.from_items(items)
    kept = None if interactions is None else known_interactions(interactions, catalog)
    built = _read_meta(out_dir)
    wanted = {
        "items": _items_fingerprint(items),
        "interactions": _frame_fingerprint(kept),
        "embedding_model": embedder.name,
        "text_version": TEXT_VERSION,
        "item_count": len(items),
        "interaction_count": 0 if kept is None else len(kept),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    # Written last: a folder whose build was cut short has no meta.json, and is built again.
    (out_dir / META_FILE).unlink(missing_ok=True)
    index_fields = ("items", "embedding_model", "text_version")
    current = all(built.get(field) == wanted[field] for field in index_fields) and _opens(out_dir, catalog, embedder)
    if not current:
        catalog.save(out_dir)
        ItemIndex.build(catalog, embedder, out_dir, progress=progress).close()
    if built.get("interactions") != wanted["interactions"] or not (out_dir / INTERACTIONS_FILE).is_file():
        save_interactions(kept, out_dir)
    (out_dir / META_FILE).write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    return catalog


def known_interactions(interactions: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """The interactions with items of this catalog. Raises BuildProblem when none is left."""
    kept = interactions[interactions["item_id"].isin(list(catalog.ids))].reset_index(drop=True)
    if len(kept) < len(interactions):
        _LOG.warning(
            "%d of %d interactions name no item of the catalog", len(interactions) - len(kept), len(interactions)
        )
    if kept.empty:
        raise BuildProblem("no interaction names an item of the catalog: do the two files use the same ids?")
    return kept


def save_interactions(interactions: pd.DataFrame | None, folder: Path) -> None:
    """Write interactions.parquet, or take it away when there are none."""
    if interactions is None:
        (folder / INTERACTIONS_FILE).unlink(missing_ok=True)
        return
    partial = folder / f"{INTERACTIONS_FILE}.partial"
    interactions.to_parquet(partial, index=False)
    partial.replace(folder / INTERACTIONS_FILE)


def load_interactions(folder: Path) -> pd.DataFrame | None:
    """The interactions of a catalog folder, or None when it has none."""
    path = folder / INTERACTIONS_FILE
    return pd.read_parquet(path) if path.is_file() else None


def _read_meta(folder: Path) -> dict[str, Any]:
    try:
        meta = json.loads((folder / META_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return meta if isinstance(meta, dict) else {}


def _opens(folder: Path, catalog: Catalog, embedder: TextEmbedder) -> bool:
    if not (folder / ITEMS_FILE).is_file():
        return False
    try:
        ItemIndex.open(folder, catalog, embedder).close()
    except IndexProblem:
        return False
    return True


def _items_fingerprint(items: Iterable[Item]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(repr(item).encode())
    return digest.hexdigest()


def _frame_fingerprint(frame: pd.DataFrame | None) -> str:
    if frame is None:
        return ""
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return hashlib.sha256(",".join(frame.columns).encode() + hashes.tobytes()).hexdigest()
