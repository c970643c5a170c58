"""Run suites: case by case, with progress, from the cache where it can, until the budget ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from assistant.engines.types import EngineError, LanguageModel
from prompts import Prompt
from prompts.evaluation.cache import AnswerCache, BudgetSpent, CachedModel
from prompts.evaluation.cases import CASES, Case, read_cases
from prompts.evaluation.judging import Judge
from prompts.evaluation.measures import CaseResult, SuiteRun
from prompts.evaluation.suites import Suite
from prompts.evaluation.workbench import Workbench

MakeBench = Callable[[CachedModel | None, Mapping[str, Prompt]], Workbench]


_NONSENSE = 3
"""So many answers without one that fits its schema are no bad luck."""


class RunError(RuntimeError):
    """A suite that cannot be run; the message names the case and the reason."""


def load_suite_cases(
    suite: Suite, path: Path | None = None, limit: int | None = None, seed: int | None = None
) -> tuple[Case, ...]:
    """The suite's cases, from its own file or another; at most `limit`, as `sample` draws them."""
    cases = read_cases(path or CASES / suite.cases, required=suite.required, limit=limit, seed=seed)
    for case in cases:
        case.only(("id", *suite.required, *suite.optional))
    return cases


def run_suite(
    suite: Suite,
    cases: tuple[Case, ...],
    prompt: Prompt,
    make_bench: MakeBench,
    engine: LanguageModel | None,
    cache: AnswerCache,
    *,
    repeat: int = 0,
    budget: float | None = None,
    progress: bool = True,
    answers: str = "",
    judge: Judge | None = None,
) -> SuiteRun:
    """Every case with this prompt version. With `repeat` above 0 each case is asked that often afresh.

    Without an engine, `answers` names the model whose imported answers are used.

    Raises
    ------
    RunError
        when the engine fails, refuses the schema, or answers nonsense, so that nothing can be measured.
    """
    deadline = time.monotonic() + budget if budget else None
    began = time.monotonic()
    results: list[CaseResult] = []
    fresh, stopped = 0, False
    rounds = range(1, repeat + 1) if repeat else range(1)
    bar = tqdm(total=len(cases) * len(rounds), desc=f"{suite.name} {prompt.reference}", disable=not progress)
    with bar:
        for repetition in rounds:
            model = None
            if suite.engine and (engine is not None or answers):
                model = CachedModel(
                    engine, cache, prompt.reference, name=answers, repetition=repetition, deadline=deadline
                )
            bench = make_bench(model, {prompt.name: prompt})
            bench.judge = judge.until(deadline) if judge else None
            for case in cases:
                if stopped := _over(deadline):
                    break
                try:
                    result = suite.runner()(case, bench)
                except BudgetSpent:
                    stopped = True
                    break
                except EngineError as error:
                    raise RunError(f"{case.place}: the engine failed: {error}") from error
                if stopped := model is not None and model.out_of_time:
                    break  # The assistant went on by rules, which says nothing about the prompt.
                if model is not None and (reason := _nothing_measured(model)):
                    raise RunError(f"{case.place}: {prompt.path}: {reason}")
                results.append(_named(result, repetition))
                bar.update()
            fresh += model.fresh if model else 0
    return SuiteRun(
        suite.name,
        prompt.reference,
        answers or (f"{engine.kind}:{engine.name}" if engine else "none"),
        tuple(results),
        time.monotonic() - began,
        stopped,
        fresh,
        {"cases": len(cases), "repeat": repeat},
    )


def _nothing_measured(model: CachedModel) -> str:
    """Why nothing can be said of a prompt, though the assistant answered by rules; "" while there is no reason."""
    if model.failure is not None:
        return f"the engine failed: {model.failure}"
    answers = [call for call in model.calls if call.valid is not None]
    if len(answers) >= _NONSENSE and not any(call.valid for call in answers):
        return f"the first {len(answers)} answers do not fit the schema; the last is {answers[-1].text[:80]!r}"
    return ""


def _over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline


def _named(result: CaseResult, repetition: int) -> CaseResult:
    return replace(result, id=f"{result.id}#{repetition}") if repetition else result
