"""The command line."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from assistant.commands.bench import bench
from assistant.commands.keys import keys
from assistant.commands.shared import console, database, embedder, group, prepared
from assistant.settings import Settings
from prompts.evaluation.cli import prompts_app

app = group(name="concierge", help="A conversational recommender that runs on your own machine.")
app.add_typer(bench, name="bench")
app.add_typer(keys, name="keys")
app.add_typer(prompts_app, name="prompts")


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
    """The page and the API on one port, with the engine as a supervised child."""
    from assistant.commands.serving import listening, run_server

    given = {"host": host, "port": port}
    settings = Settings().but(**{name: value for name, value in given.items() if value is not None})
    with listening(settings.host, settings.port) as listener:
        prepared(settings)
        run_server(settings, listener)


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
    prepared(settings)
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
    cross_encoder: Annotated[
        float | None,
        typer.Option(min=0.1, help="Minutes to fine-tune a cross-encoder in, for a second look at the best."),
    ] = None,
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
    from ranking.conversation.rerank.fine_tuning import CrossEncoderConfig
    from ranking.conversation.train import train_conversation

    encoder = embedder()
    second = None if cross_encoder is None else (Settings().embedding_model, CrossEncoderConfig(minutes=cross_encoder))
    result = train_conversation(catalog, interactions, cases or [], out, encoder, ratings, ablate, cross_encoder=second)
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
    prepared(settings)
    catalog, encoder = Catalog.load(settings.catalog_dir), embedder()
    ratings = load_interactions(settings.catalog_dir)
    if ratings is None:
        raise ValueError(f"the catalog {settings.catalog!r} has no interactions to learn from")
    with ItemIndex.open(settings.catalog_dir, catalog, encoder) as vectors:
        interactions = Interactions.from_frame(ratings, catalog.ids)
        weights = fit_blend(catalog, vectors, encoder.encode, interactions, settings.catalog_dir / "models")
    print(json.dumps(weights.learned, indent=1))


def _train_served(settings: Settings, spark: str | None) -> None:
    from assistant.memory import open_memory
    from assistant.training import train_served

    prepared(settings.but(engine="none"))
    with open_memory(database(settings)) as memory:
        done = train_served(settings.catalog_dir, memory, spark)
    console.print(
        f"Trained {settings.catalog!r} on {done.ratings:,} ratings and {done.said:,} likes and dislikes of "
        f"{done.people:,} people in {done.seconds:.1f} s. A running server takes it within seconds.",
        highlight=False,
    )


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
