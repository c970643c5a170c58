"""The command line, and the one place where the rooms are put together."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assistant.settings import Settings

app = typer.Typer(
    name="concierge",
    help="A conversational recommender that runs on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
bench = typer.Typer(help="Measure: each command prints its figures and writes a report.", no_args_is_help=True)
app.add_typer(bench, name="bench")

console = Console(stderr=True)
"""Everything but the answer goes to standard error, so that output can be piped."""

Catalog = Annotated[str | None, typer.Option(help="Name of the catalog to use (default: movies).")]


@app.command()
def setup() -> None:
    """Fetch the models and data that are missing and build the default catalog. Does nothing twice."""
    from assistant.setup import prepare

    prepare(Settings(), console)


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

    index_catalog(Settings(catalog=name), items, interactions, console, skip_bad=skip_bad)
    console.print(f"Serve it with: CONCIERGE_CATALOG={name} make run")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you feel like watching, in your own words.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
) -> None:
    """One turn: a question, the cards, and why."""
    from assistant.terminal import ask_once
    from assistant.wiring import assembled

    settings = Settings()
    prepare_quietly(settings)
    with assembled(settings, console) as concierge:
        if not ask_once(concierge, question, as_json=as_json):
            raise typer.Exit(2)


@app.command()
def chat() -> None:
    """A conversation in the terminal. /undo takes a turn back, /new starts over, /quit ends it."""
    from assistant.terminal import converse
    from assistant.wiring import assembled

    settings = Settings()
    prepare_quietly(settings)
    with assembled(settings, console) as concierge:
        converse(concierge)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).")] = None,
) -> None:
    """The page, and the engine as a supervised child."""
    from assistant.wiring import assembled, free_to_listen, run_page

    settings = Settings()
    settings = settings.model_copy(update={"host": host or settings.host, "port": port or settings.port})
    free_to_listen(settings.host, settings.port)
    prepare_quietly(settings)
    with assembled(settings, console, wait_for_engine=False) as concierge:
        run_page(concierge, settings, console)


def prepare_quietly(settings: Settings) -> None:
    """Set up what is missing of the catalog that is served."""
    from assistant.setup import prepare

    prepare(settings, console)


def fail(problem: object) -> NoReturn:
    """Say what is wrong and end, without a traceback."""
    console.print(f"concierge: {problem}", style="red", markup=False, highlight=False)
    sys.exit(1)


def main() -> None:
    """Entry point of `concierge`."""
    logging.basicConfig(level=os.environ.get("CONCIERGE_LOG", "WARNING").upper(), stream=sys.stderr)
    app()


if __name__ == "__main__":
    main()
