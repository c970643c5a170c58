"""The judge: one short question to a language model about one sentence, answered with yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.engines.types import LanguageModel, Message
from prompts import Prompt, load
from prompts.evaluation.cache import AnswerCache, CachedModel

CRITERIA: Mapping[str, str] = {
    "helpful": "does the line tell a person why this film fits this wish?",
    "faithful": "does the shortened sentence say what the description says, and read as a whole sentence?",
}
_SECONDS = 600.0


class Verdict(BaseModel):
    """What the judge answers."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["yes", "no"]


@dataclass(frozen=True)
class Judge:
    """Asks a language model for verdicts, each kept in the cache.

    `deadline` is a `time.monotonic` value after which nothing new is asked.
    """

    engine: LanguageModel
    cache: AnswerCache
    versions: Mapping[str, Prompt] = field(default_factory=dict)
    deadline: float | None = None

    def until(self, deadline: float | None) -> Judge:
        """The same judge with a deadline."""
        return replace(self, deadline=deadline)

    def prompt(self, criterion: str) -> Prompt:
        """The prompt that asks for this criterion: `judge-helpful`, `judge-faithful`."""
        return self.versions.get(criterion) or load(f"judge-{criterion}")

    def good(self, criterion: str, **inputs: object) -> bool | None:
        """The verdict on one sentence; None when the answer was none.

        Raises
        ------
        EngineError
            when the engine fails; BudgetSpent after the deadline.
        """
        prompt = self.prompt(criterion)
        model = CachedModel(self.engine, self.cache, prompt.reference, deadline=self.deadline)
        messages = [Message(role, content) for role, content in prompt.render(**inputs)]
        answer = model.structured(
            messages, Verdict, max_tokens=int(prompt.parameters.get("max_tokens", 12)), timeout=_SECONDS
        )
        return None if answer.value is None else answer.value.verdict == "yes"
