"""What the language model alone answers to each message: kept, so that a stopped run goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from assistant.engines.types import EngineError, Message
from assistant.understanding.schema import Parse, parse_text
from assistant.understanding.understander import MAX_TOKENS
from prompts.evaluation.cache import BudgetSpent, CachedModel
from prompts.evaluation.workbench import PATIENCE
from prompts.loader import Prompt

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The model's answer to one message; `valid` when it fits the schema as it came."""

    parse: Parse | None
    valid: bool
    tokens: int
    seconds: float


def ask_model(
    model: CachedModel, cases: Sequence[Record], prompt: Prompt, *, progress: bool = True
) -> dict[str, ModelAnswer]:
    """The model's answer to each message, by the case's id. A call that fails counts as an invalid answer.

    Messages are asked in a fixed random order, and when the model's time is spent the rest is left out: what was
    answered is then a fair sample, and a second run goes on.
    """
    answers: dict[str, ModelAnswer] = {}
    for case in tqdm(sorted(cases, key=_shuffled), unit="message", disable=not progress):
        messages = [Message(role, content) for role, content in prompt.render(message=case["text"])]
        try:
            answer = model.structured(messages, Parse, max_tokens=MAX_TOKENS, timeout=PATIENCE)
        except BudgetSpent:
            continue
        except EngineError:
            answers[case["id"]] = ModelAnswer(None, False, 0, 0.0)
            continue
        parse = answer.value or parse_text(answer.text)
        seconds = model.calls[-1].seconds
        answers[case["id"]] = ModelAnswer(parse, answer.value is not None, answer.completion_tokens, seconds)
    return answers


def _shuffled(case: Record) -> str:
    """A key that sorts cases in an order that has nothing to do with their ids."""
    return hashlib.sha256(str(case["id"]).encode()).hexdigest()
