"""`concierge train` for the catalog that is served: its ratings and what people said, into the collaborative model."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock

from assistant.folders import building, recover, replace_folder
from assistant.memory import Memory
from ranking.build import BLEND_FILE, build_models
from ranking.interactions import Interactions
from ranking.noise import NoiseConfig, clean
from retrieval.build import load_interactions
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


def train_served(folder: Path, memory: Memory) -> Trained:
    """Fit the collaborative model of the catalog in `folder` on its interactions and on what memory holds.

    The old model serves until the new one is whole; the blend's weights stay. One process at a time trains a catalog.

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
        ratings = load_interactions(folder)
        run_id, said = memory.learning.begin_training()
        said = said[said["item_id"].isin(list(catalog.ids))]
        everything = with_feedback(None if ratings is None else clean(ratings, NoiseConfig())[0], said)
        new = building(final)
        new.mkdir(parents=True)
        if (final / BLEND_FILE).is_file():
            shutil.copy2(final / BLEND_FILE, new)
        if not everything.empty:
            # The ratings are clean already; here, a person who only likes things is no bot that gives all the same.
            noise = NoiseConfig(single_value_from=sys.maxsize)
            build_models(catalog, Interactions.from_frame(everything, catalog.ids, noise), new)
        replace_folder(new, final)
        memory.learning.end_training(run_id)
    added = everything[everything["user_id"].isin(said["user_id"])]
    people = added["user_id"].nunique()
    return Trained(len(everything) - len(added), len(added), people, time.monotonic() - began)


def with_feedback(ratings: pd.DataFrame | None, said: pd.DataFrame) -> pd.DataFrame:
    """The catalog's interactions, followed by what people said, moved from 0.5 to 5 onto the catalog's own scale.

    Interactions without a scale (purchases, plays) are all likes: then only likes can be added.
    """
    if ratings is None:
        return said
    low, high = float(ratings["rating"].min()), float(ratings["rating"].max())
    if low == high:
        added = said[said["rating"] >= _LIKED_FROM].assign(rating=high)
    else:
        share = (said["rating"] - _LOWEST) / (_HIGHEST - _LOWEST)
        added = said.assign(rating=low + share * (high - low))
    return pd.concat([ratings, added[list(ratings.columns)]], ignore_index=True) if len(added) else ratings
