"""The command line, and the one place where the rooms are put together."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from pydantic import ValidationError
from rich.console import Console

from assistant.settings import DEFAULT_CATALOG, Settings
from prompts.evaluation.cli import prompts_app

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.engines.types import LanguageModel
    from ranking.conversation.bench import BenchResult
    from retrieval.embedder import Embedder

_plain = partial(
    typer.Typer, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True
)
app = _plain(name="concierge", help="A conversational recommender that runs on your own machine.")
bench = _plain(help="Measure. Each command prints its figures and can write a report.")
keys = _plain(help="API keys, needed where the server listens beyond this machine.")
app.add_typer(bench, name="bench")
app.add_typer(keys, name="keys")
app.add_typer(prompts_app, name="prompts")

console = Console(stderr=True)
"""Everything but the answer goes to standard error, so that output can be piped."""

Understand = Literal["none", "rules", "llm"]


@app.command()
def setup() -> None:
    """Fetch the models and data that are missing and build the default catalog. Does nothing twice."""
    _prepared(Settings())


@app.command()
def index(
    items: Annotated[Path, typer.Option(help="Items: .jsonl, .csv or .parquet with at least id and title.")],
    interactions: Annotated[
        Path | None, typer.Option(help="Interactions: user_id, item_id, rating[, timestamp]; the same kinds of file.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the catalog; serve it with CONCIERGE_CATALOG=NAME.")] = "custom",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out bad rows and say which.")] = False,
) -> None:
    """Build a catalog of your own: its index and its collaborative model."""
    from assistant.setup import index_catalog

    index_catalog(Settings().but(catalog=name), items, interactions, console, skip_bad=skip_bad)
    console.print(f"Serve it with: CONCIERGE_CATALOG={name} make run", highlight=False)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you feel like watching, in your own words.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
) -> None:
    """One turn: a question, the cards, and why."""
    from assistant.launch import assembled
    from assistant.terminal import ask_once

    settings = Settings()
    _prepared(settings)
    with assembled(settings, console) as assistant:
        if not ask_once(assistant, question, as_json=as_json):
            raise typer.Exit(2)


@app.command()
def chat() -> None:
    """A conversation in the terminal. /undo takes a turn back, /new starts over, /quit ends it."""
    from assistant.launch import assembled
    from assistant.terminal import converse

    settings = Settings()
    _prepared(settings)
    with assembled(settings, console) as assistant:
        converse(assistant)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).", min=1, max=65535)] = None,
) -> None:
    """The page and the API on one port, with the engine as a supervised child."""
    given = {"host": host, "port": port}
    settings = Settings().but(**{name: value for name, value in given.items() if value is not None})
    with _listening(settings.host, settings.port) as listener:
        _prepared(settings)
        _serve(settings, listener)


@app.command()
def understand(
    in_path: Annotated[Path, typer.Option("--in", help='Lines of {"text", "context"?, "shown"?}.', exists=True)],
    out_path: Annotated[Path, typer.Option("--out", help="Where to write a line of what was understood for each.")],
    rules: Annotated[bool, typer.Option("--rules", help="By rules alone, without the language model.")] = False,
) -> None:
    """Read messages from a file and write what is understood of each."""
    from assistant.launch import assembled
    from assistant.understanding.batch import run_understand

    settings = Settings().but(engine="none") if rules else Settings()
    _prepared(settings)
    with assembled(settings, console) as assistant:
        count = run_understand(in_path, out_path, assistant.understander, assistant.catalog)
    console.print(f"Read {count} messages into {out_path}", highlight=False)


@app.command()
def train(
    catalog: Annotated[Path | None, typer.Option(help="Items: .jsonl, .csv or .parquet.", exists=True)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the model.")] = None,
    interactions: Annotated[
        Path | None, typer.Option(help="user_id,item_id,rating[,timestamp]; a user may be a dialog.", exists=True)
    ] = None,
    cases: Annotated[list[Path] | None, typer.Option(help="Recorded turns; may be repeated.", exists=True)] = None,
    ratings: Annotated[
        Path | None, typer.Option(help="Folder with MovieLens' movies.csv and ratings.csv, linked by title.")
    ] = None,
    ablate: Annotated[bool, typer.Option("--ablate", help="Also fit the rankers that an ablation compares.")] = False,
    spark: Annotated[
        str | None, typer.Option(help="Train the served catalog on Spark at this master, for instance local[*].")
    ] = None,
) -> None:
    """Without options: the served catalog's collaborative model, from its ratings and from what people said since.

    With --catalog and --out: the collaborative models, the blend and the learned ranker for any catalog.
    """
    if catalog is None and out is None and not (interactions or cases or ratings or ablate):
        _train_served(Settings(), spark)
        return
    if catalog is None or out is None:
        raise ValueError("name both --catalog and --out, or neither to train the catalog that is served")
    from ranking.conversation.train import train_conversation

    result = train_conversation(catalog, interactions, cases or [], out, _embedder(), ratings, ablate)
    console.print(f"Trained on {result.dialogs:,} dialogs and {result.turns:,} turns in {result.seconds:.0f} s: {out}")
    console.print(", ".join(f"{phase} {seconds:.0f} s" for phase, seconds in result.laps.items()), highlight=False)
    measured = ", ".join(f"{system} {value:.3f}" for system, value in result.choice.measured.items())
    console.print(f"Ranking by: {result.choice.system}. NDCG@10 on held-out dialogs: {measured}", highlight=False)


@app.command()
def tune() -> None:
    """Learn the weights of the blend on simulated conversations with withheld people, and store them."""
    from ranking.fit_blend import fit_blend
    from ranking.interactions import Interactions
    from retrieval.build import load_interactions
    from retrieval.catalog import Catalog
    from retrieval.index import ItemIndex

    settings = Settings()
    _prepared(settings)
    catalog, embedder = Catalog.load(settings.catalog_dir), _embedder()
    ratings = load_interactions(settings.catalog_dir)
    if ratings is None:
        raise ValueError(f"the catalog {settings.catalog!r} has no interactions to learn from")
    with ItemIndex.open(settings.catalog_dir, catalog, embedder) as vectors:
        interactions = Interactions.from_frame(ratings, catalog.ids)
        weights = fit_blend(catalog, vectors, embedder.encode, interactions, settings.catalog_dir / "models")
    print(json.dumps(weights.learned, indent=1))


@bench.command()
def conversation(
    model: Annotated[Path, typer.Option(help="Folder that `concierge train` wrote.", exists=True)],
    cases: Annotated[Path, typer.Option(help="Recorded turns to rank the whole catalog for.", exists=True)],
    understand: Annotated[Understand, typer.Option(help="How the words are read.")] = "rules",
    limit: Annotated[int | None, typer.Option(help="A fixed random sample of so many turns.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
    ablation: Annotated[bool, typer.Option("--ablation", help="Also the single parts and ablated rankers.")] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for an HTML report with plots.")] = None,
) -> None:
    """Conversational recommendation: recall, NDCG and MRR over the whole catalog, with confidence intervals."""
    from ranking.conversation.bench import bench_conversation
    from ranking.conversation.report import ablation_text, write_report

    def run(reader: object = None) -> BenchResult:
        return bench_conversation(model, cases, _embedder(), understand, limit, reader, ablation)  # type: ignore[arg-type]

    if understand == "llm":
        from assistant.launch import running_engine
        from assistant.reading import case_reader
        from ranking.conversation.store import load_model

        settings = Settings()
        _prepared(settings)
        with running_engine(settings, console) as engine:
            result = run(case_reader(engine.model if engine else None, load_model(model).catalog))
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
    if ablation:
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
    _prepared(settings)
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

    for timing in run_speed_bench(_embedder(), tuple(int(size) for size in sizes.split(",")), chain):
        print(timing)


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
def agent(messages: Annotated[int, typer.Option(min=1, help="How many gold messages, a fixed sample.")] = 12) -> None:
    """Calls and tokens of a turn beside a plain tool-calling agent on the same engine and messages."""
    from prompts.evaluation.agent import compare, sample

    with _with_model() as (assistant, model):
        report = compare(assistant, model, sample(messages), progress=True)
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


@keys.command("create")
def create_key(
    owner: Annotated[str, typer.Argument(help="Whose data the key reaches.")],
    name: Annotated[str, typer.Option(help="To tell the owner's keys apart.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="chat, catalog, data or metrics; may be repeated. Default: all.")
    ] = None,
) -> None:
    """Make an API key. It is printed once and kept only as a hash."""
    from assistant.memory import SCOPES, Scope, open_memory

    with open_memory(_database(Settings())) as memory:
        key, secret = memory.keys.create(owner, name, cast("list[Scope]", scope) or SCOPES)
    console.print(f"Key {key.id} of {owner}; it is shown only now:", highlight=False, markup=False)
    print(secret)


@keys.command("list")
def list_keys() -> None:
    """The keys there are, without their secrets."""
    from assistant.memory import open_memory

    with open_memory(_database(Settings())) as memory:
        for key in memory.keys.list():
            print(key)


@keys.command("revoke")
def revoke_key(key: Annotated[str, typer.Argument(help="The id that `list` shows.")]) -> None:
    """Make a key useless."""
    from assistant.memory import open_memory

    with open_memory(_database(Settings())) as memory:
        memory.keys.revoke(key)


def _prepared(settings: Settings) -> None:
    from assistant.setup import prepare

    prepare(settings, console)


@contextmanager
def _with_model() -> Iterator[tuple[Assistant, LanguageModel]]:
    """The assistant over the catalog that is served, and the language model, which has to be there."""
    from assistant.launch import assembled

    settings = Settings()
    _prepared(settings)
    with assembled(settings, console) as assistant:
        if assistant.engine is None:
            raise ValueError("this needs a language model; see docs/engines.md")
        yield assistant, assistant.engine.model


def _train_served(settings: Settings, spark: str | None) -> None:
    from assistant.memory import open_memory
    from assistant.training import train_served

    _prepared(settings.but(engine="none"))
    with open_memory(_database(settings)) as memory:
        done = train_served(settings.catalog_dir, memory, spark)
    console.print(
        f"Trained {settings.catalog!r} on {done.ratings:,} ratings and {done.said:,} likes and dislikes of "
        f"{done.people:,} people in {done.seconds:.1f} s. A running server takes it within seconds.",
        highlight=False,
    )


def _train_apart(settings: Settings) -> None:
    """The same in a process of its own, so that the server goes on answering."""
    import subprocess

    given = {
        "CONCIERGE_HOME": str(settings.root),
        "CONCIERGE_CATALOG": settings.catalog,
        "DATABASE_URL": _database(settings),
    }
    command = [sys.executable, "-P", "-m", "assistant", "train"]
    subprocess.run(command, check=True, env={**os.environ, **given}, stdout=subprocess.DEVNULL)  # noqa: S603


def _embedder() -> Embedder:
    from assistant.setup import fetch
    from retrieval.embedder import Embedder

    settings = Settings()
    fetch(["embedder"], settings, console)
    return Embedder(settings.embedding_model)


def _database(settings: Settings) -> str:
    settings.root.mkdir(parents=True, exist_ok=True)
    # One database for each catalog: what people said names its items by their ids.
    name = "concierge.db" if settings.catalog == DEFAULT_CATALOG else f"concierge-{settings.catalog}.db"
    return settings.database_url or f"sqlite:///{settings.root / name}"


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to the address before anything else is done, so that a port that is taken is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            other = port + 1 if port < 65535 else 7861
            raise SystemExit(
                f"concierge: cannot listen on {host}:{port}: {error.strerror}. Pick another port with PORT={other}"
            ) from error
        yield listener


def _serve(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from assistant.http import ServerOptions, create_app
    from assistant.launch import assembled
    from assistant.memory import open_memory
    from assistant.model_watch import ModelWatch
    from ui import StoredHistory, build_page, mount_page

    with (
        assembled(settings, console, wait_for_engine=False) as assistant,
        open_memory(_database(settings)) as memory,
        ModelWatch(assistant, memory, settings.catalog_dir, partial(_train_apart, settings)),
    ):
        options = ServerOptions(host=settings.host, retention_days=settings.retention_days)
        linker = assistant.understander.rules.linker
        api = create_app(assistant, memory, options, engine_status=assistant.engine_status, linker=linker)
        if options.keys_required:
            # A browser has no key to show: beyond this machine only the API is served.
            console.print(
                "Other machines can reach this address: only the API is served, with keys (`concierge keys create`)."
            )
        else:
            mount_page(api, build_page(assistant, StoredHistory(memory)))
        server = uvicorn.Server(uvicorn.Config(api, log_level="warning", timeout_graceful_shutdown=5))
        console.print(f"Concierge is at http://{settings.host}:{settings.port}", highlight=False)
        server.run(sockets=[listener])


def main() -> None:
    """Entry point of `concierge`: what a person can mend is told in a line, without a traceback."""
    logging.basicConfig(level=os.environ.get("CONCIERGE_LOG", "WARNING").upper(), stream=sys.stderr)
    try:
        app()
    except ValidationError as error:
        first = error.errors()[0]
        sys.exit(f"concierge: the setting {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except (ValueError, RuntimeError, OSError) as error:
        logging.getLogger(__name__).debug("ended by", exc_info=True)
        sys.exit(f"concierge: {error}")


if __name__ == "__main__":
    main()
