"""From a batch of turns to candidates with features: every part scores all items, the best of each are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.parts.types import Batch, Matrix, Part
from retrieval.types import Rows

SOURCES: Mapping[str, int] = {
    "neural": 150,
    "linear": 60,
    "ease_sum": 60,
    "co_sum": 60,
    "co_last": 30,
    "turns_meaning": 40,
    "turns_words": 40,
    "asked_names_last": 20,
    "asked_title": 15,
    "shared_title": 15,
    "said_last": 20,
    "like_best": 20,
    "outside_sum": 20,
    "pop_named": 40,
}
"""How many of its best items each part proposes; only items with a score above the part's lowest count."""

RANKED = ("neural", "linear", "ease_sum", "co_sum", "turns_meaning", "said_last")
"""Parts whose rank among the turn's candidates is a feature too."""

COARSE: Mapping[str, float] = {"pop_named": 0.25, "pop_opening": 0.25, "pop_recommended": 0.25, "linear": 0.1}
"""Features that are rounded to such steps. Without its fold an item counts less where it is often the gold: from exact
values trees would learn each item's counts by fold, and nothing for new dialogs."""

_FEWEST_CANDIDATES = 50


@dataclass(frozen=True)
class Table:
    """Candidates of several turns, one row each, grouped by turn: `rows[ends[i-1]:ends[i]]` are those of turn i.

    `features` has shape (n, len(names)), `gold` (n,) tells which were recommended in the recording.
    """

    names: tuple[str, ...]
    rows: Rows
    features: Matrix
    gold: NDArray[np.bool_]
    sizes: NDArray[np.int64]

    @property
    def turn(self) -> NDArray[np.int64]:
        """The turn of each row, shape (n,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def of(self, names: Sequence[str]) -> Matrix:
        """The features of these names, shape (n, len(names))."""
        if tuple(names) == self.names:
            return self.features
        return self.features[:, [self.names.index(name) for name in names]]

    def take_turns(self, kept: NDArray[np.bool_]) -> Table:
        """The rows of the turns marked in `kept`, shape (turns,)."""
        inside = kept[self.turn]
        return Table(self.names, self.rows[inside], self.features[inside], self.gold[inside], self.sizes[kept])

    def sampled(self, most: int, seed: int) -> Table:
        """At most so many candidates a turn: the gold among them, and a random choice of the others."""
        chance = np.random.default_rng(seed).random(len(self.rows))
        chance[self.gold] = -1.0
        # By turn, then by chance: the first `most` of each turn stay.
        order = np.lexsort((chance, self.turn))
        starts = np.cumsum(self.sizes) - self.sizes
        inside = np.sort(order[np.arange(len(order)) - np.repeat(starts, self.sizes) < most])
        sizes = np.minimum(self.sizes, most)
        return Table(self.names, self.rows[inside], self.features[inside], self.gold[inside], sizes)


def joined(tables: Sequence[Table]) -> Table:
    """One table of several, with the features that all of them have."""
    names = tuple(name for name in tables[0].names if all(name in table.names for table in tables))
    return Table(
        names,
        np.concatenate([table.rows for table in tables]),
        np.concatenate([table.of(names) for table in tables]),
        np.concatenate([table.gold for table in tables]),
        np.concatenate([table.sizes for table in tables]),
    )


def score_all(parts: Sequence[Part], batch: Batch) -> dict[str, Matrix]:
    """The scores of all parts for all items."""
    scores: dict[str, Matrix] = {}
    for part in parts:
        scores.update(part.scores(batch))
    return scores


def tabulate(scores: Mapping[str, Matrix], batch: Batch) -> Table:
    """Candidates and features of a batch from the parts' scores of all items.

    Gold that no part proposed is not added: the ranker would learn to prefer what no part proposes.
    """
    names = (*scores, *(f"rank_{name}" for name in RANKED if name in scores), *_TURN_FEATURES)
    found = [_of_turn(place, batch, scores) for place in range(len(batch))]
    rows, features, gold = zip(*found, strict=True)
    sizes = np.array([len(part) for part in rows], np.int64)
    return Table(names, np.concatenate(rows), np.concatenate(features), np.concatenate(gold), sizes)


def _of_turn(place: int, batch: Batch, scores: Mapping[str, Matrix]) -> tuple[Rows, Matrix, NDArray[np.bool_]]:
    turn = batch.turns[place]
    rows = candidates({name: matrix[place] for name, matrix in scores.items()}, turn.mentioned)
    gold = np.isin(rows, turn.gold)
    values = np.stack([_coarse(name, matrix[place, rows]) for name, matrix in scores.items()], axis=1)
    ranks = [_log_rank(scores[name][place, rows]) for name in RANKED if name in scores]
    about = np.tile(_about(place, batch), (len(rows), 1))
    features = np.concatenate([values, np.stack(ranks, axis=1), about], axis=1).astype(np.float32)
    return rows, features, gold


def _coarse(name: str, values: Matrix) -> Matrix:
    step = np.float32(COARSE.get(name, 0.0))
    return np.round(values / step) * step if step else values


def candidates(scores: Mapping[str, Matrix], excluded: Rows) -> Rows:
    """The union of what the sources propose for one turn, sorted; `scores` are of shape (items,)."""
    proposed = [np.zeros(0, np.int64)]
    for name, count in SOURCES.items():
        if name not in scores:
            continue
        values = np.nan_to_num(scores[name], nan=-np.inf)
        count = min(count, len(values))
        best = np.argpartition(-values, count - 1)[:count]
        proposed.append(best[values[best] > values.min()])
    rows = np.setdiff1d(np.concatenate(proposed), excluded)
    if len(rows) < _FEWEST_CANDIDATES and "pop_named" in scores:
        popular = np.argsort(-scores["pop_named"], kind="stable")[: 2 * _FEWEST_CANDIDATES]
        rows = np.setdiff1d(np.union1d(rows, popular), excluded)
    return rows


_TURN_FEATURES = ("turn_named", "turn_user_named", "turn_said", "turn_last_user", "turn_words")


def _about(place: int, batch: Batch) -> Matrix:
    turn = batch.turns[place]
    last = turn.said[-1] if turn.said else None
    return np.array(
        [
            len(turn.liked),
            (turn.speakers == 2).sum(),
            len(turn.said),
            last is not None and last.role == "user",
            len(last.text.split()) if last else 0,
        ],
        np.float32,
    )


def _log_rank(values: Matrix) -> Matrix:
    ranks = np.empty(len(values), np.float32)
    ranks[np.argsort(-values, kind="stable")] = np.log1p(np.arange(len(values), dtype=np.float32))
    return ranks
