"""Who named what with what: EASE, co-mentions and what follows what, each without the dialog being scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from ranking.conversation.corpus import Corpus
from ranking.conversation.parts.types import Batch, Matrix
from ranking.ease import EASE, EASEConfig
from retrieval.types import Rows

MOST_ITEMS = 8_000
"""Only so many items, the most named ones, have weights for each other: their number grows with the square."""

_FADE = 0.75
_WINDOW = 12


@dataclass(frozen=True)
class DialogEASE:
    """EASE with a dialog as the user."""

    prefix: str
    model: EASE

    @classmethod
    def fit(cls, corpus: Corpus, regularisation: float, prefix: str) -> DialogEASE:
        """Fit on who named what."""
        model = EASE.fit(_only(_often_named(corpus), corpus.matrix), EASEConfig(regularisation))
        model.inverse = np.ascontiguousarray(model.inverse)  # Its rows are what is read.
        return cls(prefix, model)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`sum`, `recent` (older mentions fade), `last`, `best` (largest) and `user` (what the user named) weights."""
        model = self.model
        places = np.full(model.items, -1, np.int64)
        places[model.rows] = np.arange(len(model.rows))
        diagonal = model.inverse.diagonal()
        found = {name: np.zeros((len(batch), model.items), np.float32) for name in _POOLS}
        for place, turn in enumerate(batch.turns):
            inside = places[turn.liked]
            known = inside >= 0
            if not known.any():
                continue
            named = inside[known]
            weights = -model.inverse[named] / diagonal
            weights[np.arange(len(named)), named] = 0.0
            for name, pooled in _pool(weights, turn.speakers[known]).items():
                found[name][place, model.rows] = pooled
        return {f"{self.prefix}_{name}": matrix for name, matrix in found.items()}


_POOLS = ("sum", "recent", "last", "best", "user")


def _pool(rows: Matrix, speakers: NDArray[np.int8]) -> dict[str, Matrix]:
    fade = (_FADE ** np.arange(len(rows) - 1, -1, -1)).astype(np.float32)
    return {
        "sum": rows.sum(axis=0),
        "recent": fade @ rows,
        "last": rows[-1],
        "best": rows.max(axis=0),
        "user": (speakers == 2).astype(np.float32) @ rows,
    }


@dataclass(frozen=True)
class CoMentions:
    """Counts of items named in one dialog, and of those named after one another (nearer counts more)."""

    together: csr_matrix[np.float32]
    after: csr_matrix[np.float32]
    counts: NDArray[np.float32]

    @classmethod
    def fit(cls, corpus: Corpus) -> CoMentions:
        """Count over all dialogs."""
        often = _often_named(corpus)
        matrix = _only(often, corpus.matrix)
        together = csr_matrix(matrix.T @ matrix)
        together.setdiag(0)
        together.eliminate_zeros()
        pairs = [_following(rows) for rows in corpus.dialogs]
        first, second, weight = (np.concatenate([*column, np.zeros(0)]) for column in zip(*pairs, strict=True))
        shape = (corpus.items, corpus.items)
        first, second = first.astype(np.int64), second.astype(np.int64)
        kept = often[first] & often[second]
        after = csr_matrix(coo_matrix((weight[kept].astype(np.float32), (first[kept], second[kept])), shape))
        counts = np.bincount(corpus.matrix.indices, minlength=corpus.items).astype(np.float32)
        return cls(together, after, counts)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """Shares of the dialogs with a named item that name the other too, pooled; `lift` discounts popular items."""
        shape = (len(batch), len(self.counts))
        found = {
            f"co_{name}": np.zeros(shape, np.float32) for name in (*_POOLS, "lift", "support", "after", "after_last")
        }
        for place, turn in enumerate(batch.turns):
            if not len(turn.liked):
                continue
            together, after = self.together[turn.liked].toarray(), self.after[turn.liked].toarray()
            known = (self.counts[turn.liked] + 5.0)[:, None]
            shares = together / known
            for name, pooled in _pool(shares, turn.speakers).items():
                found[f"co_{name}"][place] = pooled
            found["co_lift"][place] = shares.sum(axis=0) / np.sqrt(self.counts + 10.0)
            found["co_support"][place] = together.sum(axis=0)
            follows = after / known
            found["co_after"][place] = follows.sum(axis=0)
            found["co_after_last"][place] = follows[-1]
        return found


def _often_named(corpus: Corpus) -> NDArray[np.bool_]:
    """The MOST_ITEMS most named items, shape (items,)."""
    counts = np.bincount(corpus.matrix.indices, minlength=corpus.items)
    often = np.zeros(corpus.items, np.bool_)
    often[np.argsort(-counts, kind="stable")[:MOST_ITEMS]] = True
    return often


def _only(columns: NDArray[np.bool_], matrix: csr_matrix[np.float32]) -> csr_matrix[np.float32]:
    """The matrix with nothing in the other columns."""
    if columns.all():
        return matrix
    kept = csr_matrix(matrix.multiply(columns[None, :].astype(np.float32)))
    kept.eliminate_zeros()
    return kept


def _following(rows: Rows) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """Pairs (earlier, later) at most _WINDOW apart, and the weight of each, 1 / distance."""
    firsts, seconds, weights = [], [], []
    for distance in range(1, min(_WINDOW, len(rows) - 1) + 1):
        firsts.append(rows[:-distance])
        seconds.append(rows[distance:])
        weights.append(np.full(len(rows) - distance, 1 / distance))
    none = np.zeros(0, np.int64)
    return (
        np.concatenate([none, *firsts]),
        np.concatenate([none, *seconds]),
        np.concatenate([np.zeros(0), *weights]),
    )


@dataclass(frozen=True)
class Popularity:
    """How often an item is named, is named first, and is recommended; logarithms."""

    named: NDArray[np.float32]
    opening: NDArray[np.float32]
    recommended: NDArray[np.float32]

    @classmethod
    def fit(cls, corpus: Corpus) -> Popularity:
        """Count over all dialogs, and over the turns for what was recommended."""
        opening = [rows[0] for rows in corpus.dialogs if len(rows)]
        recommended = np.concatenate([np.zeros(0, np.int64), *(turn.gold for turn in corpus.turns)])
        counted = (corpus.matrix.indices, opening, recommended)
        return cls(*(np.log1p(np.bincount(rows, minlength=corpus.items)).astype(np.float32) for rows in counted))

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`pop_named`, `pop_opening`, `pop_recommended`."""
        counts = {"named": self.named, "opening": self.opening, "recommended": self.recommended}
        return {f"pop_{name}": np.tile(values, (len(batch), 1)) for name, values in counts.items()}
