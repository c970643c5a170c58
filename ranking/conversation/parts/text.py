"""What was said: closeness of meaning to item texts, and what was recommended when others said something similar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from ranking.conversation.corpus import Corpus, Turn
from ranking.conversation.parts.types import Batch, Matrix

WORD_SETTINGS: Mapping[str, Any] = {"ngram_range": (1, 2), "sublinear_tf": True, "dtype": np.float32}
"""How texts become words, for fitting and for loading."""

_NEIGHBOURS = 80
_SHARPNESS = 12.0
_FEWEST_TURNS = 30


@dataclass(frozen=True)
class Meaning:
    """Cosines of item vectors, shape (items, dimensions), with what was said and with the items that were named."""

    vectors: Matrix

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`said_last` (last wish), `said_all`, `like_mean` and `like_best` (nearest named item)."""
        said = batch.vectors[batch.said].sum(axis=1)
        found = {
            "said_last": batch.vectors[batch.wish] @ self.vectors.T,
            "said_all": _unit(said) @ self.vectors.T,
            "like_mean": np.zeros((len(batch), len(self.vectors)), np.float32),
            "like_best": np.zeros((len(batch), len(self.vectors)), np.float32),
        }
        liked = np.unique(np.concatenate([np.zeros(0, np.int64), *(turn.liked for turn in batch.turns)]))
        cosines = self.vectors[liked] @ self.vectors.T
        for place, turn in enumerate(batch.turns):
            if len(turn.liked):
                near = cosines[np.searchsorted(liked, turn.liked)]
                found["like_mean"][place], found["like_best"][place] = near.mean(axis=0), near.max(axis=0)
        return found


@dataclass(frozen=True)
class SimilarTurns:
    """Nearest neighbours among the training turns, by embedding and by words; they vote for their gold items."""

    keys: Matrix
    words: TfidfVectorizer
    word_keys: csr_matrix[np.float32]
    golds: csr_matrix[np.float32]

    @classmethod
    def fit(cls, corpus: Corpus, batch: Batch) -> SimilarTurns | None:
        """Store the turns of `batch`, the corpus' own; None when too few of them have text."""
        if sum(1 for turn in batch.turns if turn.said) < _FEWEST_TURNS:
            return None
        words = TfidfVectorizer(min_df=2, max_df=0.3, **WORD_SETTINGS)
        try:
            word_keys = csr_matrix(words.fit_transform([_document(turn) for turn in batch.turns]))
        except ValueError:  # No word is left: the texts are empty or all alike.
            return None
        lengths = [len(turn.gold) for turn in batch.turns]
        golds = csr_matrix(
            (
                np.repeat(1.0 / np.maximum(lengths, 1), lengths).astype(np.float32),
                np.concatenate([turn.gold for turn in batch.turns]),
                np.append(0, np.cumsum(lengths)),
            ),
            shape=(len(batch), corpus.items),
        )
        return cls(_turn_keys(batch), words, word_keys, golds)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`turns_meaning` and `turns_words`: the share of the neighbours' votes that an item gets."""
        near = {
            "turns_meaning": _turn_keys(batch) @ self.keys.T,
            "turns_words": (
                self.words.transform([_document(turn) for turn in batch.turns]) @ self.word_keys.T
            ).toarray(),
        }
        return {name: self._vote(values) for name, values in near.items()}

    def _vote(self, near: Matrix) -> Matrix:
        count = min(_NEIGHBOURS, near.shape[1])
        nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
        closeness = np.take_along_axis(near, nearest, axis=1)
        weights = np.exp(_SHARPNESS * (closeness - closeness.max(axis=1, keepdims=True)))
        weights *= closeness > 0
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        rows = np.repeat(np.arange(len(near)), count)
        votes = csr_matrix((weights.ravel(), (rows, nearest.ravel())), shape=near.shape)
        found: Matrix = (votes @ self.golds).toarray()
        return found


def _turn_keys(batch: Batch) -> Matrix:
    said = batch.vectors[batch.said]
    fade = (0.7 ** np.arange(said.shape[1] - 1, -1, -1)).astype(np.float32)
    return _unit(np.einsum("nkd,k->nd", said, fade) + batch.vectors[batch.wish])


def _document(turn: Turn) -> str:
    return " ".join(utterance.text for utterance in turn.said)


def _unit(vectors: Matrix) -> Matrix:
    unit: Matrix = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def last_wish(turn: Turn) -> str:
    """The wishes that were understood, or the last thing the person said ("" when nothing)."""
    said: Sequence[str] = [utterance.text for utterance in turn.said if utterance.role == "user"]
    return turn.case.wishes or (said[-1] if said else "")
