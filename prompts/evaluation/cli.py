"""`concierge prompts`: list, show, render, compare and evaluate prompts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec

import typer
from rich.console import Console

from prompts import Prompt, latest, load, names, parse_reference, versions

prompts_app = typer.Typer(help="Prompts are code: list, show, render, diff, evaluate.", no_args_is_help=True)
console = Console(stderr=True)
P = ParamSpec("P")

Reference = Annotated[str, typer.Argument(help="A prompt: explain, or explain@2.")]


JudgeEngine = Annotated[
    str, typer.Option(help="Where the judge runs: as CONCIERGE_ENGINE, or an address; default: where the others do.")
]
JudgeModel = Annotated[str, typer.Option(help="The judge's model: a name at that address, or a .gguf file.")]


def _told(command: Callable[P, None]) -> Callable[P, None]:
    """Tell what is wrong with a file or a reference in one line, and exit with 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except OSError as error:
            console.print(f"concierge: {error.filename}: {error.strerror}", style="red", markup=False)
            raise typer.Exit(2) from error
        except (ValueError, KeyError, RuntimeError) as error:
            console.print(f"concierge: {error.args[0] if error.args else error}", style="red", markup=False)
            raise typer.Exit(2) from error

    return run


def prompt_of(reference: str) -> Prompt:
    """The prompt of a reference such as `explain@2`."""
    return load(*parse_reference(reference))


@prompts_app.command("list")
@_told
def list_prompts() -> None:
    """All prompts with their versions; the one in use is marked with *."""
    for name in names():
        used = latest(name)
        marked = ", ".join(f"{number}{'*' if number == used else ''}" for number in versions(name))
        typer.echo(f"{name:14} versions {marked:12} {load(name).purpose}")


@prompts_app.command()
@_told
def show(reference: Reference) -> None:
    """The file of a prompt."""
    typer.echo(prompt_of(reference).path.read_text(encoding="utf-8"))


@prompts_app.command()
@_told
def render(
    reference: Reference,
    inputs: Annotated[Path, typer.Option(help="A JSON file with one object: the inputs.")],
) -> None:
    """The messages for given inputs, as a language model would get them."""
    try:
        data = json.loads(inputs.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{inputs}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{inputs}: needs one JSON object with the inputs")
    for role, content in prompt_of(reference).render(**data):
        typer.echo(f"[{role}]\n{content}\n")


@prompts_app.command()
@_told
def diff(old: Reference, new: Reference) -> None:
    """What changed between two versions."""
    first, second = prompt_of(old), prompt_of(new)
    before, after = (one.path.read_text(encoding="utf-8").splitlines() for one in (first, second))
    for line in difflib.unified_diff(before, after, first.reference, second.reference, lineterm=""):
        typer.echo(line)


@prompts_app.command("eval")
@_told
def evaluate(
    suite: Annotated[list[str], typer.Option(help="Suites to run; repeat the option, or `all`.")],
    prompt: Annotated[str, typer.Option(help="The version under test; default: the suite's prompt in use.")] = "",
    against: Annotated[str, typer.Option(help="The version to compare with.")] = "",
    engine: Annotated[str, typer.Option(help="auto, none, or as CONCIERGE_ENGINE.")] = "auto",
    answers: Annotated[str, typer.Option(help="Use imported answers of this model; asks no engine.")] = "",
    repeat: Annotated[int, typer.Option(help="Ask each case so often afresh, past the cache.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="Cases per suite; 0: the standard sample; -1: all.")] = 0,
    seed: Annotated[
        int | None, typer.Option(help="Draw the sample at random with this seed, in place of the standard one.")
    ] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="The short sample, with the gates of short runs.")] = False,
    budget: Annotated[float, typer.Option(help="Seconds per suite and version; 0: no end.", min=0)] = 0,
    cases: Annotated[Path | None, typer.Option(help="Cases from this file in place of the suite's.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the report; default: under the home.")] = None,
    asking: Annotated[bool, typer.Option("--asking", help="Only cases in which the model is asked.")] = False,
    judge: Annotated[bool, typer.Option("--judge", help="Have a model judge what rules cannot (rationales).")] = False,
    judge_engine: JudgeEngine = "",
    judge_model: JudgeModel = "",
) -> None:
    """Run suites, compare versions, write a report; exits with 1 when a gate is broken."""
    from prompts.evaluation.judging import JudgeOptions
    from prompts.evaluation.session import Options, run_evaluation

    judged_by = JudgeOptions(judge_engine, judge_model) if judge else None
    options = Options(
        prompt, against, engine, answers, repeat, limit, smoke, budget, cases, out, judged_by, asking, seed
    )
    if run_evaluation(tuple(suite), options, console):
        raise typer.Exit(1)


@prompts_app.command()
@_told
def judge(
    part: Annotated[str, typer.Option(help="held-out, tuning or all of the labels.")] = "held-out",
    labels: Annotated[
        Path | None, typer.Option(help="Labels from this file in place of those that come along.")
    ] = None,
    prompt: Annotated[list[str] | None, typer.Option(help="A version of a judge's prompt: judge-helpful@1.")] = None,
    judge_engine: JudgeEngine = "",
    judge_model: JudgeModel = "",
    budget: Annotated[float, typer.Option(help="Seconds; 0: no end.", min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the report; default: under the home.")] = None,
) -> None:
    """How far a judge model agrees with labels by hand: accuracy, Cohen's kappa, and where they differ."""
    from prompts.evaluation.judging import LABELS, JudgeOptions
    from prompts.evaluation.session import run_trial

    options = JudgeOptions(judge_engine, judge_model)
    run_trial(part, labels or LABELS, tuple(prompt or ()), options, budget, out, console)


@prompts_app.command()
@_told
def export(
    suite: Annotated[str, typer.Option(help="The suite whose questions are exported.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    prompt: Annotated[str, typer.Option(help="The prompt version; default: the one in use.")] = "",
    form: Annotated[str, typer.Option("--format", help="jsonl or promptfoo.")] = "jsonl",
    limit: Annotated[int, typer.Option(help="Cases; 0: all.", min=0)] = 0,
    base_url: Annotated[str, typer.Option(help="For promptfoo: the engine's address.")] = "http://127.0.0.1:8080/v1",
    model: Annotated[str, typer.Option(help="For promptfoo: the model's name.")] = "default",
) -> None:
    """The questions of a suite, for another tool."""
    from prompts.evaluation.session import run_export

    count, cases = run_export(suite, out, prompt, form, limit, base_url, model, console)
    console.print(
        f"Wrote {count} questions to {out}"
        + (f"; in others of the {cases} cases the model is asked nothing" if count < cases else "")
    )


@prompts_app.command("import")
@_told
def import_(
    path: Annotated[Path, typer.Argument(help="Exported JSON lines, with `text` added to each.")],
    model: Annotated[str, typer.Option(help="Name of the model that answered; use it with eval --answers.")],
) -> None:
    """Answers of another tool or model, to be judged by the suites."""
    from prompts.evaluation.session import run_import

    console.print(f"Read {run_import(path, model)} answers; judge them with: concierge prompts eval --answers {model}")


@prompts_app.command("recall-cases")
@_told
def recall_cases(
    cases: Annotated[Path, typer.Argument(help="ReDial cases (valid.jsonl), one per line.")],
    items: Annotated[Path, typer.Option(help="The catalog that names their ids (catalog.jsonl).")],
    out: Annotated[Path, typer.Option(help="File to write, for eval --suite recall --cases FILE.")],
    limit: Annotated[int, typer.Option(help="Cases; 0: all.", min=0)] = 0,
) -> None:
    """Cases of the recall suite from ReDial, with titles in place of ids."""
    from prompts.evaluation.exchange import redial_cases

    rows = redial_cases(cases, items, limit or None)
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    console.print(f"Wrote {len(rows)} cases to {out}")
