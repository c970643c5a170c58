"""The learned conversational ranker: parts, candidates and LambdaMART, asked for scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.corpus import Turn
from ranking.conversation.features import score_all, tabulate
from ranking.conversation.learner import Learner
from ranking.conversation.parts.types import Batch, Matrix, Part
from retrieval.catalog import Catalog

_CELLS = 1_000_000
"""Scores of one part that are held at a time."""


@dataclass(frozen=True)
class ConversationModel:
    """Fitted parts and the ranker over them, for one catalog. `chosen` names the score that serves in its place."""

    catalog: Catalog
    item_vectors: Matrix
    parts: tuple[Part, ...]
    learner: Learner
    known_dialogs: frozenset[str] = frozenset()
    chosen: str | None = None

    @property
    def serving(self) -> Learner | str:
        """What ranks."""
        return self.chosen or self.learner

    def score(self, batch: Batch, systems: Mapping[str, Learner | str] | None = None) -> Iterator[Scored]:
        """Each turn with a score for every catalog row, -inf for what was mentioned, by each system.

        A system is a learned ranker or the name of one part's score; the default is what serves. A ranker's
        candidates come first; the rest follow by the network's score.
        """
        for piece in batch.slices(batch_size(len(self.catalog))):
            scores = score_all(self.parts, piece)
            table = tabulate(scores, piece)
            learned = {
                name: system if isinstance(system, str) else system.predict(table.names, table.features)
                for name, system in (systems or {"serving": self.serving}).items()
            }
            starts = np.append(0, np.cumsum(table.sizes))
            for place, turn in enumerate(piece.turns):
                found = slice(starts[place], starts[place + 1])
                yield Scored(
                    turn,
                    {
                        name: _plain(scores[values][place], turn.mentioned)
                        if isinstance(values, str)
                        else _ordered(scores["neural"][place], table.rows[found], values[found], turn.mentioned)
                        for name, values in learned.items()
                    },
                )


@dataclass(frozen=True, slots=True)
class Scored:
    """A turn and, by system, a score for every catalog row, shape (items,), -inf for what was mentioned."""

    turn: Turn
    scores: Mapping[str, NDArray[np.float64]]


def batch_size(items: int) -> int:
    """How many turns are scored at once."""
    return max(4, min(256, _CELLS // max(items, 1)))


def _plain(scores: Matrix, mentioned: NDArray[np.int64]) -> NDArray[np.float64]:
    values = np.nan_to_num(scores.astype(np.float64), nan=-1e30)
    values[mentioned] = -np.inf
    return values


def _ordered(
    rest: Matrix, rows: NDArray[np.int64], learned: NDArray[np.float64], mentioned: NDArray[np.int64]
) -> NDArray[np.float64]:
    scores = rest.astype(np.float64)
    if len(rows):
        scores -= scores.max() - learned.min() + 1.0
        scores[rows] = learned
    scores[mentioned] = -np.inf
    return scores
