"""What several commands need."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from assistant.settings import DEFAULT_CATALOG, Settings

if TYPE_CHECKING:
    from retrieval.embedder import Embedder

group = partial(
    typer.Typer, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True
)
"""A group of commands, all with the same plain help."""

console = Console(stderr=True)
"""Everything but the answer goes to standard error, so that output can be piped."""


def prepared(settings: Settings) -> None:
    """Fetch and build what these settings need and is not there."""
    from assistant.setup import prepare

    prepare(settings, console)


def embedder() -> Embedder:
    """The embedding model, fetched first where it is missing."""
    from assistant.setup import fetch
    from retrieval.embedder import Embedder

    settings = Settings()
    fetch(["embedder"], settings, console)
    return Embedder(settings.embedding_model)


def database(settings: Settings) -> str:
    """The URL of the database of these settings, whose folder is made."""
    settings.root.mkdir(parents=True, exist_ok=True)
    # One database for each catalog: what people said names its items by their ids.
    name = "concierge.db" if settings.catalog == DEFAULT_CATALOG else f"concierge-{settings.catalog}.db"
    return settings.database_url or f"sqlite:///{settings.root / name}"
