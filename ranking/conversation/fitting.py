"""The steps of training: the corpus, the parts, features that no part has memorised, and the ranker."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from ranking.conversation.cases import Case
from ranking.conversation.corpus import Corpus, Turn, build_corpus
from ranking.conversation.encoding import Encoder, batch_without
from ranking.conversation.features import Table, joined, score_all, tabulate
from ranking.conversation.learner import LearnerConfig
from ranking.conversation.model import batch_size
from ranking.conversation.parts.collaborative import CoMentions, DialogEASE, Popularity
from ranking.conversation.parts.content import Facts
from ranking.conversation.parts.linear import Linear
from ranking.conversation.parts.networks import Networks
from ranking.conversation.parts.neural import NeuralConfig
from ranking.conversation.parts.outside import OutsideRatings
from ranking.conversation.parts.text import Meaning, SimilarTurns
from ranking.conversation.parts.types import Batch, Matrix, Part
from retrieval.catalog import Catalog
from retrieval.item_text import item_text
from retrieval.types import Rows

logger = logging.getLogger(__name__)

_MOST_TURNS_EACH = 4
"""Invented turns of one dialog."""

MOST_TOLD = 15
"""More items than people name in one conversation: a longer history is a person's, not a dialog's."""


@dataclass(frozen=True, slots=True)
class ConversationConfig:
    """What is fitted: λ of the two EASE models, folds and networks for unseen scores, and the learners.

    Limits keep time and memory in bounds for any catalog: of the interactions, of the turns, of the scores that the
    ranker's features are made of (turns times items), and of the words of all item texts together.
    """

    light: float = 30.0
    heavy: float = 200.0
    folds: int = 3
    networks_a_fold: int = 2
    most_interactions: int = 1_000_000
    most_turns: int = 16_000
    most_cells: int = 150_000_000
    most_words: int = 450_000
    fewest_turns: int = 400
    candidates_a_turn: int = 100
    checked_turns: int = 1_000
    fewest_checked: int = 100
    neural: NeuralConfig = field(default_factory=NeuralConfig)
    learner: LearnerConfig = field(default_factory=LearnerConfig)
    seed: int = 0


def prepare(catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case], config: ConversationConfig) -> Corpus:
    """The corpus with the turns to learn from; invented from the dialogs when too few cases are given."""
    corpus = build_corpus(catalog, _some_people(interactions, cases, config), cases)
    turns = tuple(turn for turn in corpus.turns if len(turn.gold))
    rng = np.random.default_rng(config.seed)
    if len(turns) > config.most_turns:
        chosen = np.sort(rng.choice(len(turns), config.most_turns, replace=False))
        turns = tuple(turns[place] for place in chosen)
    if len(turns) < config.fewest_turns:
        logger.warning("only %d usable cases: further turns are made from the interactions", len(turns))
        turns += _silent_turns(corpus, 10 * (config.fewest_turns - len(turns)), rng)
    dialogs = len({turn.own for turn in turns})
    if dialogs < config.folds:
        raise ValueError(
            f"nothing to learn from: {dialogs} dialogs have gold in the catalog or name two of its items, and "
            f"at least {config.folds} are needed"
        )
    return Corpus(corpus.items, corpus.keys, corpus.dialogs, turns)


def _some_people(interactions: pd.DataFrame, cases: Sequence[Case], config: ConversationConfig) -> pd.DataFrame:
    """The interactions of as many people as stay within the limit, those of the cases first."""
    if len(interactions) <= config.most_interactions:
        return interactions
    people = interactions["user_id"].astype(str)
    counts = people.value_counts().sample(frac=1.0, random_state=config.seed)
    first = counts.index.isin([case.dialog for case in cases])
    counts = pd.concat([counts[first], counts[~first]])
    kept = counts.index[np.cumsum(counts) <= config.most_interactions]
    logger.warning("%d interactions: learning from those of %d people of %d", len(people), len(kept), len(counts))
    return interactions[people.isin(kept)]


def _silent_turns(corpus: Corpus, count: int, rng: np.random.Generator) -> tuple[Turn, ...]:
    """Turns without text: some items of a dialog named, or none, the next one recommended.

    A dialog is told from its start. A longer history is a person's, and nobody knows what of it they would tell: one
    turn has some items that stand in a row, the next some that are drawn from all.
    """
    able = [place for place, rows in enumerate(corpus.dialogs) if len(rows) > 1] or range(len(corpus.dialogs))
    again = min(-(-count // max(len(able), 1)), _MOST_TURNS_EACH)
    turns = []
    for number, place in enumerate(np.concatenate([rng.permutation(able) for _ in range(again)])[:count]):
        rows = corpus.dialogs[place]
        cut = int(rng.integers(0, min(len(rows), MOST_TOLD)))
        if len(rows) > MOST_TOLD and number % 2:
            rows = rows[int(rng.integers(0, len(rows) - cut)) :]
        elif len(rows) > MOST_TOLD:
            rows = rng.choice(rows, cut + 1, replace=False)
        key = corpus.keys[place]
        case = Case(f"{key}-{number}", key, (), (), ())
        named = rows[:cut]
        turns.append(Turn(case, named, named, np.zeros(cut, np.int8), (), rows[cut : cut + 1], int(place), True))
    return tuple(turns)


def dialog_parts(corpus: Corpus, batch: Batch, config: ConversationConfig) -> list[Part]:
    """The parts that learn from dialogs, without the networks; `batch` holds the corpus' turns."""
    parts: list[Part] = [
        DialogEASE.fit(corpus, config.light, "ease"),
        DialogEASE.fit(corpus, config.heavy, "heavy"),
        CoMentions.fit(corpus),
        Linear.fit(corpus),
        Popularity.fit(corpus),
    ]
    similar = SimilarTurns.fit(corpus, batch)
    return parts if similar is None else [*parts, similar]


def catalog_parts(catalog: Catalog, item_vectors: Matrix, outside: pd.DataFrame | None) -> list[Part]:
    """The parts that know nothing of the dialogs."""
    parts: list[Part] = [Meaning(item_vectors), Facts.fit(catalog)]
    ratings = None if outside is None else OutsideRatings.fit(catalog, outside)
    return parts if ratings is None else [*parts, ratings]


def dialog_folds(corpus: Corpus, folds: int) -> NDArray[np.int64]:
    """The fold of each dialog, shape (dialogs,): as many with turns in each, those that lie together in one.

    People who talk again do so nearby, about the same items; dialogs without turns go with those around them. Where
    dialogs come in no order, these folds are random. -1 is what lies before the first turn or behind the last.
    """
    told = np.unique([turn.own for turn in corpus.turns])
    fold = np.full(len(corpus.dialogs), -1, np.int64)
    for number, places in enumerate(np.array_split(told, folds)):
        fold[places[0] : places[-1] + 1] = number
    return fold


def unseen_table(
    corpus: Corpus,
    batch: Batch,
    fold: NDArray[np.int64],
    fixed: Sequence[Part],
    networks: Networks,
    ranked: NDArray[np.int64],
    config: ConversationConfig,
    progress: bool,
) -> tuple[Table, Table, NDArray[np.int64]]:
    """Features of the turns at the places `ranked`, in this order, none from a part that saw the turn's dialog.

    `batch` holds the corpus' turns and `fold`, shape (dialogs,), the fold of its dialogs: for each fold the parts are
    fitted again without it. Candidates are sampled; the second table has all those of a few turns, at the places
    (among the ranked) that come third.
    """
    asked = batch.take(ranked)
    checked = _checked(asked.turns, config)
    own = fold[[turn.own for turn in asked.turns]]
    tables: list[Table] = []
    whole: list[Table] = []
    order: list[NDArray[np.int64]] = []
    with tqdm(total=len(ranked), desc="Features", unit=" turns", disable=not progress) as bar:
        for number in np.unique(own):
            rest, told = batch_without(corpus, batch, fold == number)
            parts = [*dialog_parts(rest, told, config), *fixed, networks.unseen(int(number))]
            for places in _pieces(np.flatnonzero(own == number), batch_size(corpus.items)):
                piece = asked.take(places)
                table = tabulate(score_all(parts, piece), piece)
                tables.append(table.sampled(config.candidates_a_turn, config.seed + len(tables)))
                whole.append(table.take_turns(checked[places]))
                order.append(places)
                bar.update(len(places))
    places = np.concatenate(order)
    return _in_order(joined(tables), places), joined(whole), places[checked[places]]


def _checked(turns: Sequence[Turn], config: ConversationConfig) -> NDArray[np.bool_]:
    """Which turns systems are compared on: some of those that were held, of all where those are few."""
    invented = np.array([turn.invented for turn in turns])
    order = np.random.default_rng(config.seed).permutation(len(turns))
    if np.count_nonzero(~invented) >= config.fewest_checked:
        order = order[~invented[order]]
    checked = np.zeros(len(turns), np.bool_)
    checked[order[: config.checked_turns]] = True
    return checked


def _pieces(places: Rows, size: int) -> list[Rows]:
    return [places[start : start + size] for start in range(0, len(places), size)]


def _in_order(table: Table, order: NDArray[np.int64]) -> Table:
    """The table with its turns put where `order` says that they belong."""
    starts = np.append(0, np.cumsum(table.sizes))
    back = np.argsort(order)
    rows = np.concatenate([np.arange(starts[turn], starts[turn + 1]) for turn in back])
    return Table(table.names, table.rows[rows], table.features[rows], table.gold[rows], table.sizes[back])


def item_vectors(catalog: Catalog, encoder: Encoder, most_words: int, progress: bool) -> Matrix:
    """The embeddings of the items' texts, shape (items, dimensions); long texts are cut where the catalog is large."""
    each = max(12, most_words // max(len(catalog), 1))
    texts = (item_text(catalog.item(row)) for row in range(len(catalog)))
    return encoder.encode([" ".join(text.split()[:each]) for text in texts], progress=progress)


def turns_to_rank(turns: Sequence[Turn], items: int, config: ConversationConfig) -> NDArray[np.int64]:
    """Places of the turns that the ranker learns from: all, or a random choice of whole dialogs."""
    most = max(config.most_cells // max(items, 1), config.fewest_turns)
    if len(turns) <= most:
        return np.arange(len(turns))
    own = np.array([turn.own for turn in turns])
    dialogs, place, counts = np.unique(own, return_inverse=True, return_counts=True)
    order = np.random.default_rng(config.seed).permutation(len(dialogs))
    chosen = np.zeros(len(dialogs), np.bool_)
    chosen[order[np.cumsum(counts[order]) <= most]] = True
    return np.flatnonzero(chosen[place])
