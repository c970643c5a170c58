"""Set-up: fetch what is missing, then build the catalog, its index and its collaborative model. Skips what is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
from retrieval.build import build_catalog
from retrieval.readers import read_interactions, read_items
from rich.console import Console

from assistant.provisioning import ensure
from assistant.settings import Settings
from ranking.build import build_models
from retrieval.catalog import Catalog
from retrieval.embedder import Embedder
from retrieval.movielens import read_movielens
from retrieval.tmdb import read_tmdb
from retrieval.types import Item

DEFAULT_CATALOG = "movies"
_BUILT = "models/collaborative.json"
"""Written last: a catalog folder that has it is whole."""


class SetupProblem(Exception):
    """Set-up cannot go on; the text says what to do."""


def embedding_model(settings: Settings) -> Path:
    """The folder of the embedding model."""
    return settings.root / "models" / "all-MiniLM-L6-v2"


def prepare(settings: Settings, console: Console) -> None:
    """Everything that the catalog of these settings needs. Only the default catalog can be built from nothing.

    The language model is fetched while the catalog is built: one waits for the network, the other for the processor.
    """
    ready = (settings.catalog_dir / _BUILT).is_file()
    if not ready and settings.catalog != DEFAULT_CATALOG:
        raise SetupProblem(
            f"There is no catalog {settings.catalog!r}. Build it with: concierge index --name {settings.catalog} "
            "--items FILE --interactions FILE"
        )
    wants_weights = settings.llm_base_url is None and settings.engine in {"auto", "llama.cpp"}
    with ThreadPoolExecutor(max_workers=1) as pool:
        weights = pool.submit(ensure, ["llm"], settings.root, console) if wants_weights else None
        if not ready:
            _build_default(settings, console)
        else:
            ensure(["embedder"], settings.root, console)
        if weights is not None:
            weights.result()


def _build_default(settings: Settings, console: Console) -> None:
    ensure(["embedder", "tmdb", "movielens"], settings.root, console)
    data = settings.root / "data"
    console.print("Reading the catalog …")
    items = read_tmdb(data / "tmdb" / "movies.csv", data / "tmdb" / "credits.csv")
    interactions = read_movielens(data / "movielens" / "movielens.pkl.compress", Catalog.from_items(items))
    _build(settings, items, interactions, console)


def index_catalog(
    settings: Settings, items: Path, interactions: Path | None, console: Console, *, skip_bad: bool
) -> None:
    """Build the catalog of these settings from files. What was there before serves until the new one is whole."""
    ensure(["embedder"], settings.root, console)
    read = read_items(items, skip_bad=skip_bad)
    for line in read.skipped:
        console.print(f"skipped: {line}", style="yellow", markup=False)
    ratings = read_interactions(interactions, skip_bad=skip_bad) if interactions is not None else None
    if ratings is not None:
        for line in ratings.skipped:
            console.print(f"skipped: {line}", style="yellow", markup=False)
    _build(settings, read.items, None if ratings is None else ratings.frame, console)


def _build(settings: Settings, items: Iterable[Item], interactions: pd.DataFrame | None, console: Console) -> None:
    """Build beside the old catalog and swap: a catalog that is half written is never served."""
    final = settings.catalog_dir
    building = final.with_name(f".{final.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    catalog = build_catalog(items, interactions, building, Embedder(embedding_model(settings)), progress=True)
    console.print("Learning what goes with what …")
    build_models(catalog, interactions, building / "models")
    shutil.rmtree(final, ignore_errors=True)
    building.rename(final)
    console.print(f"The catalog {final.name!r} is ready: {len(catalog):,} items.")
