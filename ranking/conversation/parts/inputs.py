"""What the network reads: turns as tensors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ranking.conversation.corpus import Corpus, Turn
from retrieval.types import Rows

_WORD = re.compile(r"\w+(?:['’]\w+)?")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tensors of n examples: named items (n, mentions) padded with `items`, who named them, utterances, words."""

    named: Tensor
    speakers: Tensor
    said: Tensor
    roles: Tensor
    words: Tensor

    def take(self, places: NDArray[np.int64]) -> Inputs:
        """The examples at these places."""
        index = torch.from_numpy(places)
        return Inputs(*(getattr(self, name)[index] for name in Inputs.__slots__))


def count_words(turns: Sequence[Turn], least: int, most: int | None = None) -> dict[str, int]:
    """A number from 1 for each word that at least so many turns hold; only the `most` frequent ones.

    Among equally frequent words those come first that were said first: a network's weights are drawn in this order.
    """
    counts: Counter[str] = Counter()
    for turn in turns:
        counts.update(list(dict.fromkeys(_words(turn))))
    frequent = (word for word, count in counts.most_common(most) if count >= least)
    return {word: number for number, word in enumerate(frequent, start=1)}


def known_words(turn: Turn, vocabulary: Mapping[str, int]) -> list[int]:
    """The known words of a turn, each once, the last said first."""
    return list(dict.fromkeys(vocabulary[word] for word in reversed(_words(turn)) if word in vocabulary))


def _words(turn: Turn) -> list[str]:
    """The words of a turn in the order in which they were said."""
    return [word for said in turn.said for word in _WORD.findall(said.text.casefold())]


def following(turn: Turn, corpus: Corpus, ahead: int = 8) -> Rows:
    """The gold items of a turn, then what its dialog names later (at most `ahead`)."""
    dialog = corpus.dialogs[turn.own] if turn.own >= 0 else turn.gold
    fresh = ~np.isin(dialog, np.concatenate([turn.mentioned, turn.gold]))
    return np.concatenate([turn.gold, dialog[fresh]])[: len(turn.gold) + ahead]


def aligned(rows: Sequence[NDArray[Any]], width: int, padding: int) -> NDArray[np.int64]:
    """The last `width` values of each, aligned to the right."""
    table = np.full((len(rows), width), padding, np.int64)
    for place, values in enumerate(rows):
        if len(values):
            table[place, -min(len(values), width) :] = values[-width:]
    return table
