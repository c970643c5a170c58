"""`concierge bench`: each command measures one thing, prints its figures, and can write a report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.commands.shared import console, embedder, group, prepared
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.engines import Engine
    from assistant.engines.types import LanguageModel
    from ranking.conversation.bench import BenchResult, MakeReranker
    from ranking.conversation.cases import Understand as ReadCase

bench = group(help="Measure. Each command prints its figures and can write a report.")

Understand = Literal["none", "rules", "llm"]
Rerank = Literal["none", "cross-encoder", "llm"]


@bench.command()
def conversation(
    model: Annotated[Path, typer.Option(help="Folder that `concierge train` wrote.", exists=True)],
    cases: Annotated[Path, typer.Option(help="Recorded turns to rank the whole catalog for.", exists=True)],
    understand: Annotated[Understand, typer.Option(help="How the words are read.")] = "rules",
    limit: Annotated[int | None, typer.Option(help="A fixed random sample of so many turns.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
    ablation: Annotated[bool, typer.Option("--ablation", help="Also the single parts and ablated rankers.")] = False,
    rerank: Annotated[
        Rerank, typer.Option(help="Who looks at the best again: the model's cross-encoder (50) or the LLM (10).")
    ] = "none",
    report: Annotated[Path | None, typer.Option(help="Folder for an HTML report with plots.")] = None,
) -> None:
    """Conversational recommendation: recall, NDCG and MRR over the whole catalog, with confidence intervals."""
    from ranking.conversation.bench import bench_conversation
    from ranking.conversation.report import ablation_text, write_report
    from ranking.conversation.rerank.cross_encoder import CrossEncoder

    def run(engine: Engine | None = None) -> BenchResult:
        reader: ReadCase | None = None
        again: MakeReranker | None = CrossEncoder.load if rerank == "cross-encoder" else None
        if understand == "llm":
            from assistant.reading import case_reader
            from ranking.conversation.store import load_model

            reader = case_reader(engine.model if engine else None, load_model(model).catalog)
        if rerank == "llm":
            again = second_look(engine)
        return bench_conversation(model, cases, embedder(), understand, limit, reader, ablation, rerank=again)

    if "llm" in (understand, rerank):
        from assistant.launch import running_engine
        from assistant.second_look import second_look

        settings = Settings()
        prepared(settings)
        with running_engine(settings, console) as engine:
            result = run(engine)
    else:
        result = run()
    if report is not None:
        console.print("Report:", *write_report(result, report), highlight=False)
    if as_json:
        print(json.dumps(result.as_json()))
        return
    for name, value in result.metrics.items():
        low, high = result.ci95[name]
        print(f"{name:8} {value:.4f}  [{low:.4f}, {high:.4f}]")
    print(f"{result.system}; {result.cases:,} cases, {result.gold:,} gold items")
    if result.seconds is not None:
        print(f"second look: {1000 * result.seconds:.0f} ms a turn, median")
    if ablation or rerank != "none":
        print(ablation_text(result))


@bench.command()
def ratings(
    data: Annotated[Path, typer.Option(help="Folder in MovieLens' layout: movies.csv, ratings.csv.", exists=True)],
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports/ratings"),
    lenskit: Annotated[Path | None, typer.Option(help="A virtual environment with LensKit, to compare with.")] = None,
    piece: Annotated[
        list[str] | None, typer.Option(help="leave-last-out, temporal, temporal-known, cold or errors; all by default.")
    ] = None,
) -> None:
    """Collaborative filtering: all models and measures, beside `implicit` and LensKit in the same run."""
    from ranking.bench.ratings import PIECES, run_ratings_bench

    found = run_ratings_bench(data, out, lenskit, piece or PIECES)  # type: ignore[arg-type]
    for table in found["tables"]:
        console.print("\n".join([table["title"], *table["verdicts"]]), highlight=False, markup=False)
    console.print(f"Report: {out}", highlight=False)


@bench.command()
def dialogue(
    rules: Annotated[bool, typer.Option("--rules", help="By rules alone, without the language model.")] = False,
    iard: Annotated[Path | None, typer.Option(help="IARD's dialogues.json, to score intents.", exists=True)] = None,
    out: Annotated[Path, typer.Option(help="File for the whole report as JSON.")] = Path("reports/dialogue.json"),
    budget: Annotated[float, typer.Option(help="Minutes in which messages are put to the model.", min=0)] = 15,
) -> None:
    """Understanding: the gold messages and the scripted conversations, by rules, by the model, and by both.

    The model's answers are kept: when the minutes do not suffice, the next run goes on, and what was asked so far is a
    fair sample.
    """
    from assistant.launch import assembled
    from prompts.evaluation.cache import CachedModel
    from prompts.evaluation.dialogue.bench import run_dialogue_bench
    from prompts.evaluation.session import cache_of
    from prompts.loader import load

    settings = Settings().but(engine="none") if rules else Settings()
    prepared(settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    with assembled(settings, console) as assistant:
        model = None
        if assistant.engine:
            deadline = time.monotonic() + 60 * budget
            reference = load("understand").reference
            model = CachedModel(assistant.engine.model, cache_of(settings), reference, deadline=deadline)
        run_dialogue_bench(assistant.understander, model, assistant.catalog, assistant, iard=iard, report=out)


@bench.command()
def speed(
    sizes: Annotated[str, typer.Option(help="Catalog sizes, separated by commas.")] = "5000,100000,1000000",
    chain: Annotated[int, typer.Option(help="Largest size at which the plain chain is timed too.")] = 100_000,
) -> None:
    """Message to cards without the language model, beside a plain LangChain and Chroma chain."""
    from assistant.speed import run_speed_bench

    for timing in run_speed_bench(embedder(), tuple(int(size) for size in sizes.split(",")), chain):
        print(timing)


@bench.command()
def embedding(
    items: Annotated[int, typer.Option(help="How many items of the catalog, evenly spread.", min=1)] = 1000,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Items embedded per second, beside sentence-transformers with the same weights, threads and texts."""
    from retrieval.catalog import Catalog
    from retrieval.embedding_bench import run_embedding_bench
    from retrieval.item_text import item_text

    settings = Settings()
    prepared(settings)
    catalog = Catalog.load(settings.catalog_dir)
    rows = range(0, len(catalog), max(len(catalog) // items, 1))[:items]
    for result in run_embedding_bench(settings.embedding_model, [*map(item_text, catalog.items(rows))], threads):
        print(result)


@bench.command()
def load(
    sessions: Annotated[int, typer.Option(min=1)] = 64,
    turns: Annotated[int, typer.Option(min=1)] = 10_000,
    database: Annotated[str | None, typer.Option(help="A database URL. Default: a new SQLite file.")] = None,
    postgres: Annotated[bool, typer.Option("--postgres", help="With a PostgreSQL server of its own.")] = False,
) -> None:
    """Many sessions at once with an echo engine: errors, cross-talk, memory, throughput."""
    from assistant.http.bench.load import run_load
    from assistant.http.bench.postgres import local_postgres

    with local_postgres() if postgres else nullcontext(database) as url:
        report = run_load(sessions, turns, database_url=url)
    print(report)
    raise typer.Exit(0 if report.passed else 1)


@bench.command()
def turns(messages: Annotated[int, typer.Option(min=1, help="How many gold messages, a fixed sample.")] = 24) -> None:
    """Time to cards, first word and whole reply, beside the same model asked for films from memory."""
    from prompts.evaluation.agent import sample
    from prompts.evaluation.turns import time_turns

    with _with_model() as (assistant, model):
        print(time_turns(assistant, model, sample(messages), progress=True))


@bench.command()
def agent(
    messages: Annotated[int, typer.Option(min=1, help="How many gold messages, a fixed sample.")] = 12,
    budget: Annotated[float, typer.Option(help="Minutes in which the model is asked.", min=0)] = 15,
) -> None:
    """Calls and tokens of a turn beside a plain tool-calling agent on the same engine and messages.

    The model's answers are kept: when the minutes do not suffice, the next run goes on.
    """
    from prompts.evaluation.agent import compare, sample
    from prompts.evaluation.cache import CachedModel
    from prompts.evaluation.session import cache_of
    from prompts.evaluation.workbench import Workbench
    from prompts.loader import load

    with _with_model() as (assistant, model):
        deadline = time.monotonic() + 60 * budget
        kept = CachedModel(model, cache_of(Settings()), load("agent").reference, deadline=deadline)
        ours = Workbench(assistant, kept, assistant.understander.rules.linker).assistant()
        report = compare(ours, kept, sample(messages), progress=True)
    print(report)
    raise typer.Exit(0 if report.passed else 1)


@bench.command()
def faults(
    kills: Annotated[int, typer.Option(min=1)] = 200,
    database: Annotated[
        str | None, typer.Option(help="A database URL. Default: a PostgreSQL server of its own, or SQLite without one.")
    ] = None,
    llama: Annotated[
        bool, typer.Option("--llama", help="llama.cpp with the small weights as the engine, not a stand-in.")
    ] = False,
) -> None:
    """Kill web process, engine and database connections at random moments: is all there that was acknowledged?"""
    from assistant.http.bench import echo_engine
    from assistant.http.bench.faults import run_faults
    from assistant.http.bench.postgres import local_postgres, postgres_programs
    from assistant.provisioning import ensure, progress_bar

    program = echo_engine.STAND_IN
    if llama:
        with progress_bar(console) as progress:
            program = echo_engine.llama(ensure(["llm-small"], Settings().root, progress)["llm-small"])
    own = local_postgres() if database is None and postgres_programs() else nullcontext(database)
    with own as url:
        report = run_faults(kills, database_url=url, engine=program)
    print(report)
    raise typer.Exit(0 if report.passed else 1)


@bench.command()
def workers(
    count: Annotated[int, typer.Option("--workers", min=2, help="Web processes behind nginx.")] = 2,
    kills: Annotated[int, typer.Option(min=0, help="A worker and a copy of the model, in turn.")] = 4,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds of talk before the first kill.")] = 30,
) -> None:
    """Several web processes behind nginx, over PostgreSQL and a Chroma server, with copies of a stand-in for the model.

    Conversations go from worker to worker while some are killed: is anything lost, doubled, or shown again?
    """
    from assistant.http.bench.chroma import chroma_server
    from assistant.http.bench.postgres import local_postgres
    from assistant.http.bench.workers import run_workers

    prepared(Settings())
    with local_postgres() as url, chroma_server() as chroma:
        report = run_workers(url, environment={"CHROMA_URL": chroma}, workers=count, kills=kills, calm=seconds)
    print(report)
    raise typer.Exit(0 if report.passed else 1)


@bench.command()
def fair(
    patient: Annotated[int, typer.Option(min=1, help="People who wait for an answer before they go on.")] = 6,
    impatient: Annotated[int, typer.Option(min=0, help="Messages that one more person has open all the time.")] = 12,
    seconds: Annotated[float, typer.Option(min=1)] = 120,
) -> None:
    """Several people at once with the real engine, one of them impatient: does everybody get turns?"""
    from assistant.http.bench.fair import run_fair
    from prompts.evaluation.agent import sample

    with _with_model() as (assistant, _):
        report = run_fair(assistant, sample(24), patient=patient, impatient=impatient, seconds=seconds)
    print(report)
    raise typer.Exit(0 if report.passed else 1)


@contextmanager
def _with_model() -> Iterator[tuple[Assistant, LanguageModel]]:
    """The assistant over the catalog that is served, and the language model, which has to be there."""
    from assistant.launch import assembled

    settings = Settings()
    prepared(settings)
    with assembled(settings, console) as assistant:
        if assistant.engine is None:
            raise ValueError("this needs a language model; see docs/engines.md")
        yield assistant, assistant.engine.model
