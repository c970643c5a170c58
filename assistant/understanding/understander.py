"""From a message to a dialogue act: rules for what is certain, one call of a language model for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.acts import DialogueAct
from assistant.engines.types import LanguageModel
from assistant.events import Usage
from assistant.state import DialogueState
from assistant.understanding.rules import Rules
from retrieval.titles import TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Understanding:
    """The act, what it cost, and whether the language model was missing."""

    act: DialogueAct
    usage: Usage = Usage()
    degraded: bool = False


class Understander:
    """Reads messages. Never raises, whatever the text and whatever the model answers."""

    def __init__(
        self,
        model: LanguageModel | None,
        catalog: Catalog,
        linker: TitleLinker,
        prompts: Callable[..., Any] | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._model, self._prompts = model, prompts
        self.rules = Rules(catalog, linker, today)

    def understand(self, text: str, state: DialogueState) -> Understanding:
        """The act of one message in this state."""
        reading = self.rules.read(text, state)
        return Understanding(reading.act, degraded=self._model is None)
