"""A second look at the best of a ranking by the language model: one call, and a probability for each item."""

from __future__ import annotations

import logging
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import prompts
from assistant.engines import Engine
from assistant.engines.types import EngineError, Message, TokenModel
from ranking.conversation.corpus import Turn
from retrieval.catalog import Catalog
from retrieval.types import Rows

logger = logging.getLogger(__name__)

WEIGHT = 0.25
"""What the logarithm of the model's probability counts beside the hybrid's score."""

_UTTERANCES, _CHARACTERS = 6, 300
_GENRES = 3


class SecondLook:
    """Asks which of the items should be recommended next and reads how likely each one's letter is."""

    def __init__(self, model: TokenModel, catalog: Catalog, weight: float = WEIGHT, timeout: float = 60.0) -> None:
        self.model = model
        self.catalog = catalog
        self.weight = weight
        self.timeout = timeout
        self._prompt = prompts.load("choose")

    @property
    def depth(self) -> int:
        """How many of the best are looked at again."""
        return 10

    def scores(self, turn: Turn, rows: Rows) -> NDArray[np.float64]:
        """The logarithm of each item's probability, shape (rows,); zeros where the model could not answer.

        The items are shown in a random order, the same each time: small models prefer some letters to others.
        """
        letters = string.ascii_uppercase[: len(rows)]
        order = np.random.default_rng(len(turn.said) + int(rows.sum())).permutation(len(rows))
        said = [{"role": said.role, "text": said.text[:_CHARACTERS]} for said in turn.said[-_UTTERANCES:]]
        items = [self._label(int(row)) for row in rows[order]]
        messages = [Message(role, content) for role, content in self._prompt.render(said=said, items=items)]
        found = np.zeros(len(rows))
        try:
            likely = self.model.first_token(messages, timeout=self.timeout)
        except EngineError as error:
            logger.warning("a turn keeps its order: %s", error)
            return found
        chances = np.array([sum(p for token, p in likely.items() if token.strip() == letter) for letter in letters])
        found[order] = np.log(np.maximum(chances, 1e-4))
        return found

    def _label(self, row: int) -> str:
        item = self.catalog.item(row)
        return f"{item.label()} – {', '.join(item.genres[:_GENRES])}" if item.genres else item.label()


def second_look(engine: Engine | None) -> Callable[[Path, Catalog], SecondLook]:
    """What makes a second look for a model's folder and catalog. Raises ValueError without an engine that can."""
    model: object = None if engine is None else engine.model
    if not isinstance(model, TokenModel):
        raise ValueError("a second look by LLM needs an engine that tells probabilities: none was given")
    return lambda _, catalog: SecondLook(model, catalog)
