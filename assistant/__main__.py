"""The command line, and the one place where the rooms are put together."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

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
    prepared(Settings())


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
    from assistant.launch import assembled
    from assistant.terminal import ask_once

    settings = Settings()
    prepared(settings)
    with assembled(settings, console) as assistant:
        if not ask_once(assistant, question, as_json=as_json):
            raise typer.Exit(2)


@app.command()
def chat() -> None:
    """A conversation in the terminal. /undo takes a turn back, /new starts over, /quit ends it."""
    from assistant.launch import assembled
    from assistant.terminal import converse

    settings = Settings()
    prepared(settings)
    with assembled(settings, console) as assistant:
        converse(assistant)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).", min=1, max=65535)] = None,
) -> None:
    """The page and the API, with the engine as a supervised child."""
    given = {"host": host, "port": port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    with listening(settings.host, settings.port) as listener:
        prepared(settings)
        serve_page(settings, listener)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to the address before anything else is done, so that a port that is taken is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"concierge: cannot listen on {host}:{port} ({error.strerror}). "
                f"Pick another port with: PORT={port + 1 if port < 65535 else 7861} make run"
            ) from error
        yield listener


def serve_page(settings: Settings, listener: socket.socket) -> None:
    """Serve until interrupted."""
    import uvicorn

    from assistant.http.app import create_app
    from assistant.http.options import ServerOptions
    from assistant.launch import assembled
    from assistant.memory import open_memory
    from ui import build_page, mount_page

    database = settings.database_url or f"sqlite:///{settings.root / 'concierge.db'}"
    with assembled(settings, console, wait_for_engine=False) as assistant, open_memory(database) as memory:
        app = create_app(assistant, memory, ServerOptions(host=settings.host))
        mount_page(app, build_page(assistant))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
        console.print(f"Concierge is at http://{settings.host}:{settings.port}", highlight=False)
        server.run(sockets=[listener])


def prepared(settings: Settings) -> None:
    """Set up what is missing for the catalog that is served."""
    from assistant.setup import prepare

    prepare(settings, console)


def main() -> None:
    """Entry point of `concierge`: what goes wrong is told in a line, without a traceback."""
    logging.basicConfig(level=os.environ.get("CONCIERGE_LOG", "WARNING").upper(), stream=sys.stderr)
    app()


if __name__ == "__main__":
    main()
