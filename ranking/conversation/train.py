"""`concierge train` with cases: fit the conversational ranker for any catalog and store it."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ranking.conversation.cases import Case, read_cases
from ranking.conversation.choice import Choice, choose
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.features import Table
from ranking.conversation.fitting import (
    ConversationConfig,
    catalog_parts,
    dialog_folds,
    dialog_parts,
    item_vectors,
    prepare,
    turns_to_rank,
    unseen_table,
)
from ranking.conversation.heard import with_heard
from ranking.conversation.learner import Learner
from ranking.conversation.model import ConversationModel
from ranking.conversation.parts.network import ItemFacts
from ranking.conversation.parts.networks import Networks
from ranking.conversation.parts.outside import read_outside
from ranking.conversation.rerank.cross_encoder import FOLDER as CROSS_ENCODER
from ranking.conversation.rerank.cross_encoder import CrossEncoder
from ranking.conversation.rerank.fine_tuning import CrossEncoderConfig
from ranking.conversation.rerank.groups import make_groups
from ranking.conversation.store import save_model
from retrieval.catalog import Catalog
from retrieval.readers import read_interactions, read_items

logger = logging.getLogger(__name__)

ABLATION_FOLDER = "ablation"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "EASE": ("ease_", "heavy_"),
    "co-mentions": ("co_",),
    "network": ("neural",),
    "linear": ("linear",),
    "similar turns": ("turns_",),
    "meaning": ("said_", "like_"),
    "facts": ("asked_", "shared_", "year"),
    "popularity": ("pop_",),
    "outside ratings": ("outside_",),
}
"""Features by what they come from, for the ablation."""


@dataclass(frozen=True)
class TrainResult:
    """What was learned from, how long it took, the share of the ranker's gain of each feature, and what serves."""

    dialogs: int
    turns: int
    seconds: float
    importance: Mapping[str, float]
    laps: Mapping[str, float]
    choice: Choice


class Stopwatch:
    """Seconds of each phase of some work."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.monotonic()

    def lap(self, phase: str) -> None:
        """The phase ends now."""
        now = time.monotonic()
        self.laps[phase] = round(now - self._since, 1)
        self._since = now


def train_conversation(
    catalog_path: Path,
    interactions_path: Path | None,
    case_paths: Sequence[Path],
    out_dir: Path,
    encoder: Encoder,
    outside_dir: Path | None = None,
    ablate: bool = False,
    config: ConversationConfig | None = None,
    progress: bool = True,
    cross_encoder: tuple[Path, CrossEncoderConfig] | None = None,
) -> TrainResult:
    """Fit everything on these files and write the model into `out_dir`.

    Interactions whose user_id is the dialog of a case are kept from that case's own features. `outside_dir` holds
    MovieLens' movies.csv and ratings.csv, linked by title and year. `ablate` also stores a ranker without each group
    of features. `cross_encoder` names the weights of a BERT to fine-tune for a second look, and how. Raises CaseError
    or ReadProblem, naming file and row, for input that cannot be read, and ValueError when there is nothing to learn
    from.
    """
    items = read_items(catalog_path, skip_bad=True)
    _report(items.skipped)
    catalog = Catalog.from_items(items.items)
    interactions = pd.DataFrame({"user_id": [], "item_id": []})
    if interactions_path is not None:
        read = read_interactions(interactions_path, skip_bad=True)
        _report(read.skipped)
        interactions = read.frame
    cases = [case for path in case_paths for case in read_cases(path)]
    outside = read_outside(outside_dir) if outside_dir else None
    return fit_and_save(
        catalog, interactions, cases, out_dir, encoder, outside, ablate, config, progress, cross_encoder
    )


def fit_and_save(
    catalog: Catalog,
    interactions: pd.DataFrame,
    cases: Sequence[Case],
    out_dir: Path,
    encoder: Encoder,
    outside: pd.DataFrame | None = None,
    ablate: bool = False,
    config: ConversationConfig | None = None,
    progress: bool = True,
    cross_encoder: tuple[Path, CrossEncoderConfig] | None = None,
) -> TrainResult:
    """The same from what has been read."""
    clock, config = Stopwatch(), config or ConversationConfig()
    corpus = prepare(catalog, interactions, with_heard(cases, catalog), config)
    vectors = item_vectors(catalog, encoder, config.most_words, progress)
    batch = encode_turns(corpus.turns, encoder, progress=progress)
    clock.lap("embedding")
    fixed = catalog_parts(catalog, vectors, outside)
    unseen = dialog_folds(corpus, config.folds)
    items = (vectors, ItemFacts(catalog))
    networks = Networks.fit(corpus, batch, unseen, items, config.neural, config.networks_a_fold, progress)
    clock.lap("networks")
    ranked = turns_to_rank(corpus.turns, corpus.items, config)
    table, whole, places = unseen_table(corpus, batch, unseen, fixed, networks, ranked, config, progress)
    clock.lap("features")
    turns = [corpus.turns[place] for place in ranked]
    _, fold = np.unique(unseen[[turn.own for turn in turns]], return_inverse=True)
    learner = Learner.fit(table, fold, config.learner, progress=progress)
    choice = choose(learner, whole, fold[places], sum(len(turns[place].gold) for place in places))
    clock.lap("ranker")
    logger.info("serving by %s; NDCG@10 on held-out dialogs: %s", choice.system, choice.measured)
    parts = (*dialog_parts(corpus, batch, config), *fixed, networks)
    clock.lap("closed forms")
    known = frozenset(turn.case.dialog for turn in corpus.turns)
    model = ConversationModel(catalog, vectors, parts, learner, known, choice.score)
    importance = learner.importance()
    meta = {"dialogs": len(corpus.dialogs), "turns": len(corpus.turns), "seconds": clock.laps, "importance": importance}
    save_model(model, out_dir, {"config": asdict(config), "choice": asdict(choice), **meta})
    if ablate:
        _save_ablation(table, fold, out_dir, config, progress)
    shutil.rmtree(out_dir / CROSS_ENCODER, ignore_errors=True)
    if cross_encoder is not None:
        prior = learner.held_out(table, fold) if choice.score is None else table.of([choice.score])[:, 0].astype(float)
        groups = make_groups(turns, table, prior, cross_encoder[1].nearest)
        CrossEncoder.fit(cross_encoder[0], catalog, groups, cross_encoder[1], progress).save(out_dir)
        clock.lap("cross-encoder")
    return TrainResult(len(corpus.dialogs), len(corpus.turns), sum(clock.laps.values()), importance, clock.laps, choice)


def group_of(feature: str) -> str | None:
    """The ablation group of a feature; None for what belongs to the turn."""
    name = feature.removeprefix("rank_")
    return next((group for group, prefixes in GROUPS.items() if name.startswith(prefixes)), None)


def _save_ablation(
    table: Table, fold: NDArray[np.int64], out: Path, config: ConversationConfig, progress: bool
) -> None:
    present = {group for name in table.names if (group := group_of(name))}
    for group in (group for group in GROUPS if group in present):
        names = [name for name in table.names if group_of(name) != group]
        folder = out / ABLATION_FOLDER / group.replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        Learner.fit(table, fold, config.learner, names, progress).save(folder)


def _report(skipped: Sequence[str]) -> None:
    for line in skipped[:5]:
        logger.warning("left out: %s", line)
    if len(skipped) > 5:
        logger.warning("left out: %d more rows", len(skipped) - 5)
