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
_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True)
class DialogEASE:
    """EASE with a dialog as the user. `dialogs` are needed only to leave one out; a saved part drops them."""

    prefix: str
    model: EASE
    dialogs: tuple[Rows, ...] = ()

    @classmethod
    def fit(cls, corpus: Corpus, regularisation: float, prefix: str) -> DialogEASE:
        """Fit on who named what."""
        model = EASE.fit(_only(_often_named(corpus), corpus.matrix), EASEConfig(regularisation))
        model.inverse = np.ascontiguousarray(model.inverse)  # Its rows are what is read.
        return cls(prefix, model, corpus.dialogs)

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
            own = places[self.dialogs[batch.own(place)]] if batch.own(place) >= 0 else np.zeros(0, np.int64)
            weights = _weights(model.inverse, diagonal, named, own[own >= 0])
            for name, pooled in _pool(weights, turn.speakers[known]).items():
                found[name][place, model.rows] = pooled
        return {f"{self.prefix}_{name}": matrix for name, matrix in found.items()}

    def slim(self) -> DialogEASE:
        """The part without the dialogs."""
        return DialogEASE(self.prefix, self.model)


_POOLS = ("sum", "recent", "last", "best", "user")


def _weights(inverse: Matrix, diagonal: Matrix, named: Rows, own: Rows) -> Matrix:
    """Rows of B for the named items, shape (named, items), with the dialog `own` taken out of the Gram matrix."""
    rows = inverse[named]
    if len(own):
        # Sherman-Morrison: (G - xxᵀ)⁻¹ = P + Px xᵀP / (1 - xᵀPx).
        towards = inverse[own].sum(axis=0)  # P is symmetric, and its rows lie together in memory.
        scale = 1.0 / max(1.0 - float(towards[own].sum()), 1e-6)
        rows = rows + np.outer(towards[named] * scale, towards)
        diagonal = diagonal + towards * towards * scale
    weights: Matrix = -rows / diagonal
    weights[np.arange(len(named)), named] = 0.0
    # An item that only the left-out dialog named has no weights; rounding error in their place would give it away.
    weights[np.abs(weights) < _LEAST_WEIGHT] = 0.0
    return weights


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
    dialogs: tuple[Rows, ...] = ()

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
        return cls(together, after, counts, corpus.dialogs)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """Shares of the dialogs with a named item that name the other too, pooled; `lift` discounts popular items."""
        shape = (len(batch), len(self.counts))
        found = {
            f"co_{name}": np.zeros(shape, np.float32) for name in (*_POOLS, "lift", "support", "after", "after_last")
        }
        for place, turn in enumerate(batch.turns):
            if not len(turn.liked):
                continue
            own = self.dialogs[batch.own(place)] if batch.own(place) >= 0 else np.zeros(0, np.int64)
            together, after, counts = self._rows(turn.liked, own)
            shares = together / (counts[turn.liked] + 5.0)[:, None]
            for name, pooled in _pool(shares, turn.speakers).items():
                found[f"co_{name}"][place] = pooled
            found["co_lift"][place] = shares.sum(axis=0) / np.sqrt(counts + 10.0)
            found["co_support"][place] = together.sum(axis=0)
            follows = after / (counts[turn.liked] + 5.0)[:, None]
            found["co_after"][place] = follows.sum(axis=0)
            found["co_after_last"][place] = follows[-1]
        return found

    def _rows(self, named: Rows, own: Rows) -> tuple[Matrix, Matrix, Matrix]:
        together, after = self.together[named].toarray(), self.after[named].toarray()
        counts = self.counts
        if len(own):
            counts = counts.copy()
            counts[own] -= 1.0
            at = {int(row): place for place, row in enumerate(named)}
            inside = [(at[int(row)], int(row)) for row in own if int(row) in at]
            for place, row in inside:
                together[place, own[own != row]] -= 1.0
            for first, second, weight in zip(*_following(own), strict=True):
                if first in at:
                    after[at[first], second] -= weight
        # Of an item that is named too seldom there was nothing to take away.
        return np.maximum(together, 0.0), np.maximum(after, 0.0), counts

    def slim(self) -> CoMentions:
        """The part without the dialogs."""
        return CoMentions(self.together, self.after, self.counts)


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
    """Pairs (earlier, later) at most _WINDOW apart, and the weight of each, about 1 / distance.

    Weights are multiples of 1/64, so that taking a dialog out again leaves exactly nothing: a ranker would find the
    rounding error of thirds and know the gold by it.
    """
    firsts, seconds, weights = [], [], []
    for distance in range(1, min(_WINDOW, len(rows) - 1) + 1):
        firsts.append(rows[:-distance])
        seconds.append(rows[distance:])
        weights.append(np.full(len(rows) - distance, round(64 / distance) / 64))
    none = np.zeros(0, np.int64)
    return (
        np.concatenate([none, *firsts]),
        np.concatenate([none, *seconds]),
        np.concatenate([np.zeros(0), *weights]),
    )


@dataclass(frozen=True)
class Popularity:
    """How often an item is named, is named first, and is recommended; logarithms, the own dialog left out."""

    named: NDArray[np.float32]
    opening: NDArray[np.float32]
    recommended: NDArray[np.float32]
    dialogs: tuple[Rows, ...] = ()
    golds: Mapping[int, Rows] | None = None

    @classmethod
    def fit(cls, corpus: Corpus) -> Popularity:
        """Count over all dialogs, and over the turns for what was recommended."""
        golds: dict[int, Rows] = {}
        recommended = np.zeros(corpus.items, np.float32)
        for turn in corpus.turns:
            recommended[turn.gold] += 1.0
            golds[turn.own] = np.append(golds.get(turn.own, np.zeros(0, np.int64)), turn.gold)
        opening = np.bincount([rows[0] for rows in corpus.dialogs if len(rows)], minlength=corpus.items)
        named = np.bincount(corpus.matrix.indices, minlength=corpus.items)
        return cls(named.astype(np.float32), opening.astype(np.float32), recommended, corpus.dialogs, golds)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`pop_named`, `pop_opening`, `pop_recommended`."""
        counts = {"named": self.named, "opening": self.opening, "recommended": self.recommended}
        found = {f"pop_{name}": np.tile(values, (len(batch), 1)) for name, values in counts.items()}
        for place in range(len(batch)):
            if (own := batch.own(place)) >= 0:
                found["pop_named"][place, self.dialogs[own]] -= 1.0
                found["pop_opening"][place, self.dialogs[own][:1]] -= 1.0
                np.subtract.at(found["pop_recommended"][place], (self.golds or {}).get(own, np.zeros(0, int)), 1.0)
        return {name: np.log1p(np.maximum(values, 0.0)) for name, values in found.items()}

    def slim(self) -> Popularity:
        """The part without the dialogs."""
        return Popularity(self.named, self.opening, self.recommended)
