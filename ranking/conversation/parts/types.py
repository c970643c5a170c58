"""What the parts of the learned ranker share: a batch of turns in, a score for each item out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ranking.conversation.corpus import Turn

Matrix = NDArray[np.float32]
"""Scores of a batch, shape (turns, items)."""

UTTERANCES = 6
"""How many utterances, the last ones, are embedded apart."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Turns and the embeddings of what was said.

    `said` holds indices into `vectors` for the last UTTERANCES utterances, shape (turns, UTTERANCES), 0 for padding;
    `roles` likewise (0 padding, 1 assistant, 2 user). `wish` indexes the last thing the person said, or the wishes
    that an understanding of it gave. Row 0 of `vectors` is all zeros.
    """

    turns: Sequence[Turn]
    vectors: Matrix
    said: NDArray[np.int64]
    roles: NDArray[np.int64]
    wish: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.turns)

    def slices(self, size: int) -> Iterator[Batch]:
        """The batch in pieces of at most `size` turns, in order."""
        for start in range(0, len(self), size):
            yield self.take(np.arange(start, min(start + size, len(self))))

    def take(self, places: NDArray[np.int64]) -> Batch:
        """The turns at these places."""
        turns = [self.turns[place] for place in places]
        return Batch(turns, self.vectors, self.said[places], self.roles[places], self.wish[places])


class Part(Protocol):
    """One source of evidence. A fitted part is a plain object that can be saved with the model."""

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """Named scores of all catalog items, each of shape (turns, items); 0 where it has nothing to say."""
        ...
