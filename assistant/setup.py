"""Set-up: fetch what is missing, then build the catalog, its index and its collaborative model. Skips what is there."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pandas as pd
from rich.console import Console

from assistant.folders import building, recover, replace_folder
from assistant.provisioning import ensure, progress_bar
from assistant.settings import DEFAULT_CATALOG, Settings
from assistant.training import MODELS
from ranking.build import build_models
from retrieval.build import build_catalog
from retrieval.catalog import Catalog
from retrieval.embedder import Embedder
from retrieval.movielens import read_movielens
from retrieval.readers import read_interactions, read_items
from retrieval.tmdb import read_tmdb
from retrieval.types import Item

_BUILT = "built.txt"
"""Written last: a catalog folder that has it is whole."""


class SetupProblem(RuntimeError):
    """Set-up cannot go on; the text says what to do."""


def prepare(settings: Settings, console: Console) -> None:
    """Everything that the catalog of these settings needs. Only the default catalog can be built from nothing.

    The language model is fetched while the catalog is built: one waits for the network, the other for the processor.

    Raises
    ------
    SetupProblem
        when the catalog is not there and is not the default one.
    ProvisioningError
        when something cannot be fetched; the message says what to do.
    """
    recover(settings.catalog_dir)
    recover(settings.catalog_dir / MODELS)
    ready = (settings.catalog_dir / _BUILT).is_file()
    if not ready and settings.catalog != DEFAULT_CATALOG:
        raise SetupProblem(
            f"There is no catalog {settings.catalog!r}. Build it with: concierge index --name {settings.catalog} "
            "--items FILE --interactions FILE"
        )
    fetch(["embedder"] if ready else ["embedder", "tmdb", "movielens"], settings, console)
    wants_weights = settings.llm_base_url is None and settings.engine in {"auto", "llama.cpp"}
    with ThreadPoolExecutor(max_workers=1) as pool:
        reported: list[tuple[str, int, int]] = []
        weights = (
            pool.submit(ensure, ["llm"], settings.root, lambda *report: reported.append(report))
            if wants_weights
            else None
        )
        if not ready:
            _build_default(settings, console)
        if weights is not None:
            _watch(weights, reported, console)


def index_catalog(
    settings: Settings, items: Path, interactions: Path | None, console: Console, *, skip_bad: bool
) -> None:
    """Build the catalog of these settings from files. What was there before serves until the new one is whole.

    Raises
    ------
    ReadProblem
        naming file, row and reason, when a file cannot be read as it is.
    """
    fetch(["embedder"], settings, console)
    read = read_items(items, skip_bad=skip_bad)
    ratings = read_interactions(interactions, skip_bad=skip_bad) if interactions is not None else None
    for line in (*read.skipped, *(ratings.skipped if ratings is not None else ())):
        console.print(f"left out: {line}", style="yellow", markup=False, highlight=False)
    _build(settings, read.items, None if ratings is None else ratings.frame, console)


def fetch(names: list[str], settings: Settings, console: Console) -> None:
    """Have these assets of the manifest in the home, with a progress bar for what is missing."""
    with progress_bar(console) as report:
        ensure(names, settings.root, report)


def _watch(job: Future[dict[str, Path]], reported: list[tuple[str, int, int]], console: Console) -> None:
    """Show how far a download is that runs in the background, until it ends; raises what it raised."""
    with progress_bar(console) as report:
        while not job.done():
            if reported:
                report(*reported[-1])
            wait([job], timeout=0.2)
    job.result()


def _build_default(settings: Settings, console: Console) -> None:
    data = settings.root / "data"
    console.print("Reading the films and the ratings …")
    items = read_tmdb(data / "tmdb" / "movies.csv", data / "tmdb" / "credits.csv")
    interactions = read_movielens(data / "movielens" / "movielens.pkl.compress", Catalog.from_items(items))
    _build(settings, items, interactions, console)


def _build(settings: Settings, items: Iterable[Item], interactions: pd.DataFrame | None, console: Console) -> None:
    """Build beside the old catalog and swap: a catalog that is half written is never served."""
    final = settings.catalog_dir
    new = building(final)
    catalog = build_catalog(items, interactions, new, Embedder(settings.embedding_model))
    if interactions is not None:
        console.print(f"Learning from {len(interactions):,} ratings …")
        build_models(catalog, interactions, new / MODELS)
    (new / _BUILT).write_text(f"{len(catalog)} items\n", encoding="utf-8")
    replace_folder(new, final)
    console.print(f"The catalog {final.name!r} is ready: {len(catalog):,} items.", highlight=False)
