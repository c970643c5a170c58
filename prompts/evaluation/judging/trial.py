"""A judge on trial: its verdicts on labelled sentences, and what a report says about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from tqdm import tqdm

from assistant.engines.types import EngineError, LanguageModel
from assistant.launch import running_engine
from assistant.settings import Settings
from prompts import Prompt
from prompts.evaluation.cache import AnswerCache, BudgetSpent
from prompts.evaluation.judging.agreement import BAR, Agreement, agreement
from prompts.evaluation.judging.identity import Weights, weights_of
from prompts.evaluation.judging.judge import CRITERIA, Judge
from prompts.evaluation.judging.labels import Label


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """Which model judges: an engine or an address, and a model's name or weights. Empty: the one that is judged."""

    engine: str = ""
    model: str = ""

    def settings(self, base: Settings) -> Settings:
        """The settings with which this judge's engine is started."""
        if self.engine.startswith(("http://", "https://")):
            return base.but(engine="address", llm_base_url=self.engine, llm_model=self.model or None)
        return base.but(engine=self.engine or "auto", llm_model=self.model or None)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a judge was, and how far it agreed. `missed` are the labels it contradicts, `stopped` an ended budget."""

    weights: Weights
    prompts: tuple[str, ...]
    pinned: bool
    agreements: tuple[Agreement, ...]
    missed: tuple[Mapping[str, Any], ...] = ()
    stopped: bool = False

    @property
    def no_gates(self) -> frozenset[str]:
        """The measures of criteria on which the judge does not agree enough to break a gate."""
        trusted = {one.criterion for one in self.agreements if one.may_gate}
        return frozenset(measure(criterion) for criterion in CRITERIA if criterion not in trusted)

    def plain(self, judged: Weights | None = None) -> dict[str, Any]:
        """For a report; `judged` are the weights whose answers it judged."""
        return {
            "weights": self.weights.plain(),
            "prompts": list(self.prompts),
            "pinned": self.pinned,
            "judged": judged.plain() if judged else None,
            "same_weights": self.weights.same(judged) if judged else None,
            "bar": BAR,
            "agreement": [one.plain() for one in self.agreements],
            "missed": list(self.missed),
            "stopped": self.stopped,
        }


def measure(criterion: str) -> str:
    """The name of the measure that holds a criterion's verdicts."""
    return f"judged_{criterion}"


@contextmanager
def opened_judge(
    options: JudgeOptions,
    settings: Settings,
    shared: LanguageModel | None,
    cache: AnswerCache,
    versions: Mapping[str, Prompt],
    console: Console,
) -> Iterator[tuple[Judge, Weights]]:
    """A judge and its weights; `shared` is the engine that runs anyway, used unless another one was asked for.

    Raises
    ------
    EngineError
        when there is no engine to judge with.
    """
    if shared is not None and options == JudgeOptions():
        yield Judge(shared, cache, versions), weights_of(shared, settings)
        return
    own = options.settings(settings)
    with running_engine(own, console) as engine:
        if engine is None:
            raise EngineError("A judge needs an engine: `concierge setup` fetches the default one.")
        yield Judge(engine.model, cache, versions), weights_of(engine.model, own)


def try_judge(judge: Judge, weights: Weights, labels: Sequence[Label], *, progress: bool = True) -> Trial:
    """Ask for a verdict on every label, from the cache where it can, until the judge's deadline."""
    given: list[tuple[Label, bool | None]] = []
    stopped = False
    with tqdm(total=len(labels), desc="judge", disable=not progress) as bar:
        for label in labels:
            try:
                given.append((label, judge.good(label.criterion, **label.inputs)))
            except BudgetSpent:
                stopped = True
                break
            except EngineError as error:
                raise EngineError(f"label {label.id}: the judge failed: {error}") from error
            bar.update()
    criteria = tuple(dict.fromkeys(label.criterion for label, _ in given))
    prompts = tuple(judge.prompt(criterion) for criterion in criteria)
    return Trial(
        weights,
        tuple(prompt.reference for prompt in prompts),
        bool(prompts) and all(prompt.parameters.get("weights") == weights.sha256 for prompt in prompts),
        tuple(_agreement(criterion, given) for criterion in criteria),
        tuple(
            {"id": label.id, "label": "yes" if label.good else "no", **label.inputs}
            for label, verdict in given
            if verdict != label.good
        ),
        stopped,
    )


def _agreement(criterion: str, given: Sequence[tuple[Label, bool | None]]) -> Agreement:
    own = [(label.good, verdict) for label, verdict in given if label.criterion == criterion]
    return agreement(criterion, [label for label, _ in own], [verdict for _, verdict in own])
