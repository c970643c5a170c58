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
    """A suite: its cases' file in `prompts/cases`, the keys each case must and may have, and what it judges.

    The module of the same name, or `module`, does a case. `prompt` is the prompt that the suite judges, `others` are
    those that its cases go through too; `sample` is the size of a standard run, `smoke` of a short one. With `asks`
    only cases in which the model is asked are drawn.
    """

    name: str
    purpose: str
    cases: str
    prompt: str
    sample: int
    smoke: int
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    engine: bool = True
    module: str = ""
    asks: bool = False
    others: tuple[str, ...] = ()

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts of which a version can be put to the test here."""
        return (self.prompt, *self.others)

    def runner(self) -> Runner:
        """The function that does one case."""
        found: Runner = import_module(f"prompts.evaluation.suites.{self.module or self.name}").run
        return found


# fmt: off
SUITES: Mapping[str, Suite] = MappingProxyType({one.name: one for one in (
    Suite("extraction", "what a message wants", "understand.jsonl", "understand", 36, 8,
          required=("text", "expect"),
          optional=("shown", "context")),
    Suite("asking", "messages that rules leave to the model", "understand-fresh.jsonl", "understand", 24, 4,
          required=("text", "expect"),
          optional=("shown", "context"), module="extraction", asks=True),
    Suite("conversations", "scripted dialogues", "conversations.yaml", "understand", 10, 2,
          required=("covers", "turns"), others=("explain", "explain-zh")),
    Suite("rationales", "why each card is there", "explain.jsonl", "explain", 16, 2,
          required=("language",),
          optional=("likes", "wishes", "genres", "not_genres", "people", "year_from", "year_to", "runtime_to"),
          others=("explain-zh",)),
    Suite("questions", "answers about items", "questions.jsonl", "understand", 36, 36,
          required=("title", "question"),
          optional=("others", "contains", "absent"), engine=False),
    Suite("robustness", "typos, injection, noise", "robustness.jsonl", "understand", 20, 3,
          required=("text",),
          optional=("kind", "times", "like", "absent", "allows_horror"), others=("explain", "explain-zh")),
    Suite("recall", "finding what was recommended", "recall.jsonl", "understand", 30, 0,
          required=("context", "gold"),
          optional=("mentioned",)),
    Suite("efficiency", "tokens and seconds of a turn", "efficiency.jsonl", "explain", 6, 1,
          required=("text",), others=("explain-zh", "understand")),
    Suite("personas", "whole conversations", "personas.jsonl", "understand", 8, 1,
          required=("wants", "style"),
          optional=("likes",), others=("explain", "explain-zh")),
    Suite("memory", "the same, from memory alone", "personas.jsonl", "memory", 8, 0,
          required=("wants", "style"),
          optional=("likes",)),
)})
# fmt: on


def suite(name: str) -> Suite:
    """A suite by name. Raises KeyError, naming those that exist."""
    if name not in SUITES:
        raise KeyError(f"no suite {name!r}; there are: {', '.join(SUITES)}")
    return SUITES[name]
