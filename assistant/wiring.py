"""Opens everything a conversation needs, and closes it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from retrieval.generators import default_generators
from retrieval.retriever import Retriever
from rich.console import Console

import prompts
from assistant.assistant import Assistant
from assistant.engines import Engine, EngineSettings, choose_engine
from assistant.engines.types import LanguageModel
from assistant.explaining import Explainer
from assistant.settings import Settings
from assistant.understanding import Understander
from ranking.build import load_ranker
from ranking.generator import CollaborativeGenerator
from retrieval.catalog import Catalog
from retrieval.embedder import Embedder
from retrieval.index import ItemIndex
from retrieval.titles import TitleLinker


@contextmanager
def assembled(settings: Settings, console: Console, *, wait_for_engine: bool = True) -> Iterator[Assistant]:
    """Everything of one process: the engine starts first and loads while the catalog is opened.

    Raises
    ------
    FileNotFoundError
        when the catalog has not been built; the message names the command that builds it.
    """
    with ExitStack() as stack:
        engine = choose_engine(
            EngineSettings(
                kind=settings.engine,
                base_url=settings.llm_base_url,
                model=settings.llm_model,
                api_key=settings.llm_api_key,
                home=settings.root,
                threads=settings.threads,
            )
        )
        if engine is not None:
            stack.enter_context(engine)
        catalog = Catalog.load(settings.catalog_dir)
        embedder = Embedder(settings.root / "models" / "all-MiniLM-L6-v2")
        index = stack.enter_context(ItemIndex.open(settings.catalog_dir, catalog, embedder))
        assistant = assemble(catalog, index, embedder, settings.catalog_dir / "models", engine)
        if engine is not None and wait_for_engine:
            with console.status(f"Starting {engine.kind} …"):
                engine.wait_ready(120)
        yield assistant


def assemble(
    catalog: Catalog,
    index: ItemIndex,
    embedder: Embedder,
    models_dir: Path,
    engine: Engine | None = None,
    model: LanguageModel | None = None,
) -> Assistant:
    """The assistant over an open catalog. Without an engine or a model it works by rules and templates."""
    model = engine.model if engine is not None else model
    ranker = load_ranker(catalog, index, models_dir)
    generators = list(default_generators(catalog, index))
    if ranker.model is not None:
        generators.append(CollaborativeGenerator(ranker.model, catalog))
    return Assistant(
        catalog,
        Retriever(catalog, index, embedder, generators),
        ranker,
        Understander(model, catalog, TitleLinker(catalog), prompts.load),
        Explainer(model),
        engine,
    )
