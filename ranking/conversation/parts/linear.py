"""Ridge regression of what is named next on what was named and the words said: EASE with a direction and with text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, vstack

from ranking.conversation.corpus import Corpus, Turn
from ranking.conversation.parts.inputs import count_words, following, known_words
from ranking.conversation.parts.types import Batch, Matrix
from retrieval.types import Rows

MOST_ITEMS, MOST_WORDS, MOST_EXAMPLES = 6_000, 3_000, 60_000
"""The most frequent items and words are read: time grows with the cube of both together."""

_FADE, _LATER = 0.85, 0.7
_WORD_SHARE = 1.5
_RIDGE = 10.0
_WORDS_READ = 64
_LONGEST = 50
_FLOOR = 1 / 300


@dataclass(frozen=True)
class Encoding:
    """Columns of a turn's row: each known item that was named (older ones fade), each known word, and two constants."""

    items: NDArray[np.int64]
    vocabulary: Mapping[str, int]

    @property
    def width(self) -> int:
        """The number of columns."""
        return int(self.items.max(initial=-1)) + len(self.vocabulary) + 3

    def rows(self, named: Sequence[Rows], words: Sequence[Sequence[int]]) -> csr_matrix[np.float32]:
        """One row for each, shape (len(named), width)."""
        first_word = int(self.items.max(initial=-1)) + 1
        columns: list[NDArray[np.int64]] = []
        values: list[NDArray[np.float32]] = []
        for rows, said in zip(named, words, strict=True):
            places = self.items[rows]
            fades = _FADE ** np.arange(len(rows) - 1, -1, -1.0)
            share = np.full(len(said), _WORD_SHARE / np.sqrt(len(said) + 1.0))
            constants = [self.width - 1] if not len(said) else [self.width - 1, self.width - 2]
            columns.append(np.concatenate([places[places >= 0], np.array(said, np.int64) + first_word - 1, constants]))
            values.append(np.concatenate([fades[places >= 0], share, np.ones(len(constants))]).astype(np.float32))
        ends = np.append(0, np.cumsum([len(row) for row in columns]))
        flat = (np.concatenate([*values, np.zeros(0)]), np.concatenate([*columns, np.zeros(0, np.int64)]), ends)
        return csr_matrix(flat, shape=(len(named), self.width), dtype=np.float32)

    def turns(self, turns: Sequence[Turn]) -> csr_matrix[np.float32]:
        """The rows of these turns."""
        words = [known_words(turn, self.vocabulary)[:_WORDS_READ] for turn in turns]
        return self.rows([turn.liked for turn in turns], words)


@dataclass(frozen=True)
class Linear:
    """Weights W = (XᵀX + λI)⁻¹ XᵀY, shape (columns, targets); `targets` are catalog rows."""

    encoding: Encoding
    weights: Matrix
    targets: Rows
    items: int

    @classmethod
    def fit(cls, corpus: Corpus) -> Linear:
        """Learn from the turns, and from each place in a dialog as if nothing had been said there."""
        counts = np.bincount(corpus.matrix.indices, minlength=corpus.items)
        kept = np.sort(np.argsort(-counts, kind="stable")[: min(MOST_ITEMS, np.count_nonzero(counts))])
        places = np.full(corpus.items, -1, np.int64)
        places[kept] = np.arange(len(kept))
        encoding = Encoding(places, count_words(corpus.turns, 5, MOST_WORDS))
        silent = corpus.places(MOST_EXAMPLES)
        before = [corpus.dialogs[dialog][max(0, place - _LONGEST) : place] for dialog, place in silent]
        x = csr_matrix(vstack([encoding.turns(corpus.turns), encoding.rows(before, [()] * len(before))]))
        guessed = [following(turn, corpus) for turn in corpus.turns]
        guessed += [corpus.dialogs[dialog][place : place + 8] for dialog, place in silent]
        y = _shares(guessed, corpus.items)[:, kept]
        gram = (x.T @ x).toarray()
        gram[np.diag_indices(len(gram))] += _RIDGE
        factor = cho_factor(gram, overwrite_a=True, check_finite=False)
        weights: Matrix = cho_solve(factor, (x.T @ y).toarray(), overwrite_b=True, check_finite=False)
        return cls(encoding, np.asarray(weights, np.float32), kept, corpus.items)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`linear`: the logarithm of each item's share of what is named next, floored."""
        shares: Matrix = self.encoding.turns(batch.turns) @ self.weights
        found = np.zeros((len(batch), self.items), np.float32)
        found[:, self.targets] = shares
        return {"linear": np.log(np.maximum(found, np.float32(0.0)) + np.float32(_FLOOR))}


def _shares(guessed: Sequence[Rows], items: int) -> csr_matrix[np.float32]:
    """What came next of each, shares that sum to 1 and fade, shape (len(guessed), items)."""
    fades = [_LATER ** np.arange(len(rows)) for rows in guessed]
    values = np.concatenate([*(fade / fade.sum() for fade in fades), np.zeros(0)]).astype(np.float32)
    ends = np.append(0, np.cumsum([len(rows) for rows in guessed]))
    return csr_matrix((values, np.concatenate([*guessed, np.zeros(0, np.int64)]), ends), shape=(len(guessed), items))
