"""From a message to a dialogue act: rules for what is certain, one call of a language model for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent
from assistant.engines.types import EngineBusy, EngineError, LanguageModel, Message
from assistant.events import Usage
from assistant.state import DialogueState
from assistant.understanding.merge import merge
from assistant.understanding.rules import Reading, Rules
from assistant.understanding.schema import Parse, parse_text
from assistant.understanding.unread import unread
from prompts import Prompt, load
from retrieval.titles import TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog


MAX_TOKENS = 160
MAX_CHARACTERS = 1200

_CERTAIN = (Intent.UNDO, Intent.START_OVER, Intent.ASK_WHY, Intent.COMPARE, Intent.ASK_ITEM)
"""Acts that the wording settles and that set no wish: they need no call."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The act, what it cost, and whether the language model was missing, or only had too much to do (`busy`)."""

    act: DialogueAct
    usage: Usage = field(default_factory=Usage)
    degraded: bool = False
    busy: bool = False


class Understander:
    """Reads messages. Never raises, whatever the text and whatever the model answers."""

    def __init__(
        self,
        model: LanguageModel | None,
        catalog: Catalog,
        linker: TitleLinker,
        prompts: Callable[[str], Prompt] = load,
        today: Callable[[], date] = date.today,
        timeout: float = 30.0,
    ) -> None:
        self._model, self._timeout = model, timeout
        self._prompt = prompts("understand")
        self.rules = Rules(catalog, linker, today)

    def understand(self, text: str, state: DialogueState) -> Understanding:
        """The act of one message in this state."""
        reading = self.rules.read(text, state)
        if self._model is None:
            return Understanding(reading.act, degraded=True)
        if not self.needs_model(reading):
            return Understanding(reading.act)
        try:
            answer = self._model.structured(self._messages(text), Parse, max_tokens=MAX_TOKENS, timeout=self._timeout)
        except EngineError as error:
            return Understanding(reading.act, Usage(calls=1), degraded=True, busy=isinstance(error, EngineBusy))
        usage = Usage(1, answer.prompt_tokens, answer.completion_tokens)
        parse = answer.value or parse_text(answer.text)
        act = merge(reading, parse, text, self.rules) if parse else reading.act
        return Understanding(act, usage)

    def needs_model(self, reading: Reading) -> bool:
        """Whether the rules left words that the model could make something of; a call costs seconds on a CPU."""
        return reading.act.intent not in _CERTAIN and bool(unread(reading, self.rules))

    def _messages(self, text: str) -> list[Message]:
        """The prompt for this message; a very long one is cut, since the rules have read all of it."""
        return [Message(role, content) for role, content in self._prompt.render(message=text[:MAX_CHARACTERS])]
