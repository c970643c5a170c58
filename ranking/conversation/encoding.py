"""Embeds what was said, each distinct utterance once, and lays it out for the parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.corpus import Corpus, Turn
from ranking.conversation.parts.text import last_wish
from ranking.conversation.parts.types import UTTERANCES, Batch, Matrix

_ROLES = {"assistant": 1, "user": 2}


class Encoder(Protocol):
    """Sentences to L2-normalised vectors, shape (n, dimensions)."""

    dimensions: int

    def encode(self, texts: Sequence[str], progress: bool = False) -> Matrix:
        """The vectors of the texts, in their order."""
        ...


def encode_turns(turns: Sequence[Turn], encoder: Encoder, progress: bool = False) -> Batch:
    """A batch of these turns with their last utterances embedded."""
    index: dict[str, int] = {"": 0}
    said = np.zeros((len(turns), UTTERANCES), np.int64)
    roles = np.zeros((len(turns), UTTERANCES), np.int64)
    wish = np.zeros(len(turns), np.int64)
    for place, turn in enumerate(turns):
        recent = turn.said[-UTTERANCES:]
        for column, utterance in enumerate(recent, start=UTTERANCES - len(recent)):
            said[place, column] = index.setdefault(utterance.text, len(index))
            roles[place, column] = _ROLES[utterance.role]
        wish[place] = index.setdefault(last_wish(turn).strip() and last_wish(turn), len(index))
    vectors = np.zeros((len(index), encoder.dimensions), np.float32)
    if len(index) > 1:
        vectors[1:] = encoder.encode(list(index)[1:], progress=progress)
    return Batch(turns, vectors, said, roles, wish)


def batch_without(corpus: Corpus, batch: Batch, held: NDArray[np.bool_]) -> tuple[Corpus, Batch]:
    """The corpus and the batch of its turns without the dialogs marked in `held`, shape (dialogs,)."""
    rest = corpus.without(held)
    kept = batch.take(np.flatnonzero([turn.own >= 0 and not held[turn.own] for turn in batch.turns]))
    return rest, Batch(rest.turns, kept.vectors, kept.said, kept.roles, kept.wish)
