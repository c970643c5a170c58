"""One evaluation from start to end: open the catalog and the engine, run the suites, report, judge the gates."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from assistant.engines.types import LanguageModel
from assistant.launch import assembled
from assistant.settings import Settings
from prompts import Prompt, load, parse_reference
from prompts.evaluation.cache import AnswerCache, CachedModel
from prompts.evaluation.cases import CASES
from prompts.evaluation.exchange import as_promptfoo, export_questions, import_answers
from prompts.evaluation.gates import broken, regressions
from prompts.evaluation.measures import SuiteRun
from prompts.evaluation.report import summary, table, write
from prompts.evaluation.runner import MakeBench, load_suite_cases, run_suite
from prompts.evaluation.suites import SUITES, Suite, suite
from prompts.evaluation.workbench import Workbench
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
    with opened(settings, console) as (make, model):
        for one in chosen:
            versions = _versions(one, options)
            cases = load_suite_cases(one, options.cases, _limit(one, options))
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
                )
                for version in versions
            ]
            runs.append(done[0])
            if len(done) > 1:
                older[one.name] = done[1]
    by_name = {run.suite: run for run in runs}
    if "personas" in by_name and "memory" in by_name:
        # The matched comparison: the same personas and engine, with and without catalog and ranking.
        older.setdefault("personas", by_name["memory"])
    gates = list(broken(runs, "smoke" if options.smoke else "full"))
    for run in runs:
        if run.suite in older and older[run.suite].suite == run.suite:
            gates += regressions(run, older[run.suite])
    data = summary(runs, older, gates)
    folder = options.out or settings.root / "reports" / time.strftime("prompts-%Y%m%d-%H%M%S")
    _tell(data, write(data, folder), console)
    return tuple(gates)


def _tell(data: Mapping[str, object], paths: tuple[Path, Path], console: Console) -> None:
    out = Console()
    for part in data["suites"]:  # type: ignore[attr-defined]
        out.print(table(part))
        for name, label in (("fixed", "pass now and did not"), ("broke", "do not pass any more")):
            if part[name]:
                out.print(f"{label}: {', '.join(part[name])}", markup=False)
    for line in data["gates_broken"]:  # type: ignore[attr-defined]
        out.print(f"GATE BROKEN: {line}", style="red", markup=False)
    console.print(f"Reports: {paths[0]} and {paths[1]}", highlight=False, markup=False)


def _chosen(names: tuple[str, ...], options: Options) -> tuple[Suite, ...]:
    if names == ("all",):
        # The cases of the recall suite are not shipped; `prompts recall-cases` makes them.
        there = [one for one in SUITES.values() if (CASES / one.cases).is_file()]
        return tuple(one for one in there if not options.smoke or one.smoke)
    return tuple(suite(name) for name in names)


def _versions(one: Suite, options: Options) -> list[Prompt]:
    wanted = [options.prompt or one.prompt] + ([options.against] if options.against else [])
    return [load(*parse_reference(reference)) for reference in wanted]


def _limit(one: Suite, options: Options) -> int | None:
    if options.smoke:
        return max(one.smoke, 1)
    if options.limit < 0:
        return None
    return options.limit or one.sample


def run_export(
    name: str, out: Path, prompt: str, form: str, limit: int, base_url: str, model: str, console: Console
) -> int:
    """Write the questions of a suite as JSON lines or as a promptfoo configuration; returns how many."""
    if form not in {"jsonl", "promptfoo"}:
        raise ValueError(f"--format must be jsonl or promptfoo, not {form!r}")
    one = suite(name)
    version = load(*parse_reference(prompt or one.prompt))
    cases = load_suite_cases(one, None, limit or None)
    settings = Settings().model_copy(update={"engine": "none"})
    with opened(settings, console) as (make, _):
        rows = export_questions(one, cases, version, make, cache_of(settings))
    if form == "promptfoo":
        text = as_promptfoo(rows, base_url, model)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    out.write_text(text, encoding="utf-8")
    return len(rows)


def run_import(path: Path, model: str) -> int:
    """Read answers from elsewhere into the cache; returns how many."""
    return import_answers(path, cache_of(Settings()), model)
