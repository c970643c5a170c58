"""`concierge train` for the catalog that is served: its ratings and what people said, into the collaborative model."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock
from pyarrow import parquet

from assistant.folders import building, recover, replace_folder
from assistant.memory import Memory
from ranking.build import BLEND_FILE, build_models, save_model
from ranking.interactions import Interactions
from ranking.noise import NoiseConfig, clean
from retrieval.build import INTERACTIONS_FILE, load_interactions
from retrieval.catalog import Catalog

MODELS = "models"
_LIKED_FROM = 4.0
_LOWEST, _HIGHEST = 0.5, 5.0
"""The scale on which memory gives what people said."""


@dataclass(frozen=True, slots=True)
class Trained:
    """How many ratings the catalog came with, how much was said by how many people, and the seconds it took."""

    ratings: int
    said: int
    people: int
    seconds: float


def train_served(folder: Path, memory: Memory, spark: str | None = None) -> Trained:
    """Fit the collaborative model of the catalog in `folder` on its interactions and on what memory holds.

    The old model serves until the new one is whole; the blend's weights stay. One process at a time trains a catalog.
    With `spark`, the address of a Spark master, the interactions are read and learned from there (always iALS).

    Raises
    ------
    FileNotFoundError
        when there is no catalog in `folder`.
    """
    began = time.monotonic()
    final = folder / MODELS
    with FileLock(folder.with_name(f".{folder.name}.training.lock")):
        recover(final)
        catalog = Catalog.load(folder)
        run_id, said = memory.learning.begin_training()
        said = said[said["item_id"].isin(list(catalog.ids))]
        new = building(final)
        new.mkdir(parents=True)
        if (final / BLEND_FILE).is_file():
            shutil.copy2(final / BLEND_FILE, new)
        ratings, added = (_on_spark if spark else _here)(folder, catalog, said, new, spark or "")
        replace_folder(new, final)
        memory.learning.end_training(run_id)
    return Trained(ratings, len(added), added["user_id"].nunique(), time.monotonic() - began)


def _here(folder: Path, catalog: Catalog, said: pd.DataFrame, new: Path, _master: str) -> tuple[int, pd.DataFrame]:
    """Train in this process; how many ratings the catalog has, and what was added to them."""
    ratings = load_interactions(folder)
    if ratings is None:
        ratings = said.iloc[:0]
        added = said
    else:
        ratings, _ = clean(ratings, NoiseConfig())
        added = on_scale(said, float(ratings["rating"].min()), float(ratings["rating"].max()))
    if len(ratings) + len(added):
        everything = pd.concat([ratings, added[list(ratings.columns)]], ignore_index=True)
        # The ratings are clean already; here, a person who only likes things is no bot that gives all the same.
        noise = NoiseConfig(single_value_from=sys.maxsize)
        build_models(catalog, Interactions.from_frame(everything, catalog.ids, noise), new)
    return len(ratings), added


def _on_spark(folder: Path, catalog: Catalog, said: pd.DataFrame, new: Path, master: str) -> tuple[int, pd.DataFrame]:
    """The same on Spark, which reads the catalog's Parquet itself; what people said goes there as another file."""
    from ranking.spark import fit_spark

    file, more = folder / INTERACTIONS_FILE, new / "said.parquet"
    count, low, high = 0, _LOWEST, _HIGHEST
    if file.is_file():
        stored = parquet.ParquetFile(file)
        place = stored.schema_arrow.names.index("rating")
        groups = [stored.metadata.row_group(n).column(place).statistics for n in range(stored.metadata.num_row_groups)]
        count, low, high = stored.metadata.num_rows, min(g.min for g in groups), max(g.max for g in groups)
    added = on_scale(said, low, high)
    added.to_parquet(more, index=False)
    model, counts = fit_spark([path for path in (file, more) if path.is_file()], catalog.ids, master)
    save_model(model, counts, new)
    more.unlink()
    return count, added


def on_scale(said: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """What people said, moved from 0.5 to 5 onto a catalog's own scale.

    Interactions without a scale (purchases, plays) are all likes: then only likes can be added to them.
    """
    if low == high:
        return said[said["rating"] >= _LIKED_FROM].assign(rating=high)
    share = (said["rating"] - _LOWEST) / (_HIGHEST - _LOWEST)
    return said.assign(rating=low + share * (high - low))
