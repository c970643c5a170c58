"""One evaluation from start to end: open the catalog and the engine, run the suites, report, judge the gates."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from assistant.engines.types import LanguageModel
from assistant.launch import assembled
from assistant.settings import Settings
from prompts import Prompt, load, parse_reference
from prompts.evaluation.cache import AnswerCache, CachedModel
from prompts.evaluation.cases import CASES, Case, sample
from prompts.evaluation.exchange import as_promptfoo, asking, export_questions, import_answers
from prompts.evaluation.gates import broken, regressions
from prompts.evaluation.judging import (
    LABELS,
    Judge,
    JudgeOptions,
    Trial,
    Weights,
    opened_judge,
    read_labels,
    try_judge,
    weights_of,
)
from prompts.evaluation.measures import SuiteRun
from prompts.evaluation.report import judge_lines, judge_table, summary, table, write
from prompts.evaluation.runner import MakeBench, load_suite_cases, run_suite
from prompts.evaluation.suites import SUITES, Suite, suite
from prompts.evaluation.workbench import Workbench
from retrieval.catalog import Catalog
from retrieval.titles import TitleLinker


@dataclass(frozen=True, slots=True)
class Options:
    """How to evaluate; the fields are the options of `concierge prompts eval`."""

    prompt: str = ""
    against: str = ""
    engine: str = "auto"
    answers: str = ""
    repeat: int = 0
    limit: int = 0
    smoke: bool = False
    budget: float = 0.0
    cases: Path | None = None
    out: Path | None = None
    judge: JudgeOptions | None = None
    asking: bool = False
    seed: int | None = None


def cache_of(settings: Settings) -> AnswerCache:
    """The answers kept under the home."""
    return AnswerCache(settings.root / "prompts" / "answers.sqlite")


@contextmanager
def opened(settings: Settings, console: Console) -> Iterator[tuple[MakeBench, LanguageModel | None]]:
    """The catalog, the assistant and the engine; the engine stops at the end."""
    with assembled(settings, console) as base:
        linker = TitleLinker(base.catalog)

        def make(model: CachedModel | None, versions: Mapping[str, Prompt]) -> Workbench:
            return Workbench(base, model, linker, versions)

        yield make, base.engine.model if base.engine is not None else None


def run_evaluation(names: tuple[str, ...], options: Options, console: Console) -> tuple[str, ...]:
    """Run the suites and write the reports; returns the gates that are broken."""
    chosen = _chosen(names, options)
    engine = "none" if options.answers or not any(one.engine for one in chosen) else options.engine
    settings = Settings().model_copy(update={"engine": engine})
    runs: list[SuiteRun] = []
    older: dict[str, SuiteRun] = {}
    with opened(settings, console) as (make, model), _judging(options, settings, model, console) as (judge, trial):
        for one in chosen:
            versions = versions_of(one, options)
            cases = _cases(one, versions[0], options, make, settings)
            done = [
                run_suite(
                    one,
                    cases,
                    version,
                    make,
                    model,
                    cache_of(settings),
                    repeat=options.repeat,
                    budget=options.budget or None,
                    answers=options.answers,
                    judge=judge,
                )
                for version in versions
            ]
            runs.append(done[0])
            if len(done) > 1:
                older[one.name] = done[1]
        told = (
            trial.plain(Weights(options.answers) if model is None else weights_of(model, settings)) if trial else None
        )
    by_name = {run.suite: run for run in runs}
    if "personas" in by_name and "memory" in by_name:
        # The matched comparison: the same personas and engine, with and without catalog and ranking.
        older.setdefault("personas", by_name["memory"])
    no_gates = trial.no_gates if trial else frozenset()
    gates = list(broken(runs, "smoke" if options.smoke else "full", ignored=no_gates))
    for run in runs:
        if run.suite in older and older[run.suite].suite == run.suite:
            gates += regressions(run, older[run.suite], no_gates)
    data = summary(runs, older, gates, told)
    _tell(data, write(data, _folder(options.out, settings)), console)
    return tuple(gates)


@contextmanager
def _judging(
    options: Options, settings: Settings, model: LanguageModel | None, console: Console
) -> Iterator[tuple[Judge | None, Trial | None]]:
    """A judge, after a trial on the labels by hand; nothing when none was asked for."""
    if options.judge is None:
        yield None, None
        return
    with opened_judge(options.judge, settings, model, cache_of(settings), {}, console) as (judge, weights):
        labels = read_labels(LABELS, Catalog.load(settings.catalog_dir), "held-out")
        yield judge, try_judge(judge, weights, labels)


def run_trial(
    part: str,
    path: Path,
    prompts: tuple[str, ...],
    options: JudgeOptions,
    budget: float,
    out: Path | None,
    console: Console,
) -> None:
    """Put a judge on trial: its verdicts on labelled sentences, and a report of how far they agree."""
    settings = Settings()
    versions = {one.name.removeprefix("judge-"): one for one in (load(*parse_reference(name)) for name in prompts)}
    labels = read_labels(path, Catalog.load(settings.catalog_dir), "" if part == "all" else part)
    with opened_judge(options, settings, None, cache_of(settings), versions, console) as (judge, weights):
        trial = try_judge(judge.until(time.monotonic() + budget if budget else None), weights, labels)
    data = summary((), {}, (), trial.plain())
    _tell(data, write(data, _folder(out, settings)), console)


def _folder(out: Path | None, settings: Settings) -> Path:
    return out or settings.root / "reports" / time.strftime("prompts-%Y%m%d-%H%M%S")


def _tell(data: Mapping[str, Any], paths: tuple[Path, Path], console: Console) -> None:
    out = Console()
    if data["judge"]:
        out.print(judge_table(data["judge"]))
        out.print("\n".join(judge_lines(data["judge"])), markup=False, highlight=False)
    for part in data["suites"]:
        out.print(table(part))
        for name, label in (("fixed", "pass now and did not"), ("broke", "do not pass any more")):
            if part[name]:
                out.print(f"{label}: {', '.join(part[name])}", markup=False)
    for line in data["gates_broken"]:
        out.print(f"GATE BROKEN: {line}", style="red", markup=False)
    console.print(f"Reports: {paths[0]} and {paths[1]}", highlight=False, markup=False)


def _chosen(names: tuple[str, ...], options: Options) -> tuple[Suite, ...]:
    if names == ("all",):
        # The cases of the recall suite are not shipped; `prompts recall-cases` makes them.
        there = [one for one in SUITES.values() if (CASES / one.cases).is_file()]
        tested = {load(*parse_reference(name)).name for name in (options.prompt, options.against) if name}
        return tuple(one for one in there if (not options.smoke or one.smoke) and tested <= set(one.prompts))
    return tuple(suite(name) for name in names)


def versions_of(one: Suite, options: Options) -> list[Prompt]:
    """The version under test and the one to compare it with. Raises ValueError for one that the suite does not use."""
    wanted = [options.prompt or one.prompt] + ([options.against] if options.against else [])
    found = [load(*parse_reference(reference)) for reference in wanted]
    for version in found:
        if version.name not in one.prompts:
            raise ValueError(f"{version.reference} has no part in {one.name}, which tests {', '.join(one.prompts)}")
    if len({version.name for version in found}) > 1:
        raise ValueError(f"{found[0].reference} and {found[1].reference} are no versions of one prompt")
    return found


def _cases(one: Suite, prompt: Prompt, options: Options, make: MakeBench, settings: Settings) -> tuple[Case, ...]:
    limit = _limit(one, options)
    if not (options.asking or one.asks) or not one.engine:
        return load_suite_cases(one, options.cases, limit, options.seed)
    found = asking(one, load_suite_cases(one, options.cases), prompt, make, cache_of(settings))
    if not found:
        raise ValueError(f"{one.name}: none of its cases asks the model, so {prompt.reference} changes nothing in them")
    return sample(found, limit, options.seed)


def _limit(one: Suite, options: Options) -> int | None:
    if options.smoke:
        return max(one.smoke, 1)
    if options.limit < 0:
        return None
    return options.limit or one.sample


def run_export(
    name: str, out: Path, prompt: str, form: str, limit: int, base_url: str, model: str, console: Console
) -> tuple[int, int]:
    """Write the questions of a suite as JSON lines or for promptfoo; returns how many, and of how many cases."""
    if form not in {"jsonl", "promptfoo"}:
        raise ValueError(f"--format must be jsonl or promptfoo, not {form!r}")
    one = suite(name)
    version = load(*parse_reference(prompt or one.prompt))
    cases = load_suite_cases(one, None, limit or None)
    settings = Settings().model_copy(update={"engine": "none"})
    with opened(settings, console) as (make, _):
        rows = export_questions(one, cases, version, make, cache_of(settings))
    if not rows:
        raise ValueError(f"{name}: in none of the {len(cases)} cases is the model asked, so there is nothing to export")
    if form == "promptfoo":
        text = as_promptfoo(rows, base_url, model)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    out.write_text(text, encoding="utf-8")
    return len(rows), len(cases)


def run_import(path: Path, model: str) -> int:
    """Read answers from elsewhere into the cache; returns how many."""
    return import_answers(path, cache_of(Settings()), model)
