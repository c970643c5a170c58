"""What a suite is, and the suites there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench

Runner = Callable[[Case, Workbench], CaseResult]


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: its cases' file in `prompts/cases`, the keys each case must have, the module whose `run` does a case.

    `prompt` is the prompt that the suite judges; `sample` is the size of a standard run, `smoke` of a short one.
    """

    name: str
    purpose: str
    cases: str
    required: tuple[str, ...]
    prompt: str
    sample: int
    smoke: int
    engine: bool = True

    def runner(self) -> Runner:
        """The function that does one case."""
        found: Runner = import_module(f"prompts.evaluation.suites.{self.name}").run
        return found


SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        one.name: one
        for one in (
            Suite("extraction", "what a message wants", "understand.jsonl", ("text", "expect"), "understand", 36, 8),
            Suite(
                "conversations", "scripted dialogues", "conversations.yaml", ("covers", "turns"), "understand", 10, 2
            ),
            Suite("rationales", "why each card is there", "explain.jsonl", ("language",), "explain", 16, 2),
            Suite(
                "questions",
                "answers about items",
                "questions.jsonl",
                ("title", "question"),
                "understand",
                36,
                36,
                False,
            ),
            Suite("robustness", "typos, injection, noise", "robustness.jsonl", ("text",), "understand", 20, 3),
            Suite("recall", "finding what was recommended", "recall.jsonl", ("context", "gold"), "understand", 30, 0),
            Suite("efficiency", "tokens and seconds of a turn", "efficiency.jsonl", ("text",), "explain", 6, 1),
            Suite("personas", "whole conversations", "personas.jsonl", ("wants", "style"), "understand", 8, 1),
            Suite("memory", "the same, from memory alone", "personas.jsonl", ("wants", "style"), "memory", 8, 0),
        )
    }
)


def suite(name: str) -> Suite:
    """A suite by name. Raises KeyError, naming those that exist."""
    if name not in SUITES:
        raise KeyError(f"no suite {name!r}; there are: {', '.join(SUITES)}")
    return SUITES[name]
