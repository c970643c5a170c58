"""The networks of all folds together: a new conversation is scored by each, and their mean counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ranking.conversation.parts.neural import Neural
from ranking.conversation.parts.types import Batch, Matrix


@dataclass(frozen=True)
class Networks:
    """Each member was trained without one fold of the dialogs, so the ranker learned from scores of unseen turns."""

    members: tuple[Neural, ...]

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`neural`: the mean log-probability of each item being named next."""
        scores: Matrix = np.stack([member.scores(batch)["neural"] for member in self.members]).mean(axis=0)
        return {"neural": scores}

    def slim(self) -> Networks:
        """The part as it is."""
        return self
