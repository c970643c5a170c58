"""Puts retrieval, ranking, understanding and explaining together into an assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import prompts
from assistant.assistant import Assistant
from assistant.engines import Engine
from assistant.engines.types import LanguageModel
from assistant.explaining import Explainer
from assistant.settings import Settings
from assistant.understanding import Understander
from ranking.build import load_ranker
from ranking.generator import CollaborativeGenerator
from ranking.ranker import Ranker
from retrieval.catalog import Catalog
from retrieval.embedder import Embedder
from retrieval.generators import default_generators
from retrieval.index import ItemIndex
from retrieval.retriever import Retriever
from retrieval.served_index import ServedIndex
from retrieval.titles import TitleLinker
from retrieval.types import CandidateGenerator, Query, VectorIndex


@contextmanager
def open_assistant(settings: Settings, engine: Engine | None) -> Iterator[Assistant]:
    """The assistant over the catalog of these settings."""
    catalog = Catalog.load(settings.catalog_dir)
    embedder = Embedder(settings.embedding_model)
    with _open_index(settings, catalog, embedder) as index:
        assistant = assemble(catalog, index, embedder, settings.catalog_dir / "models", engine)
        # The first query builds torch's kernels and the catalog's postings; it must not be the first person's.
        assistant.rank(Query(text="warm", liked=catalog.ids[:1], genres=("drama",), people=("nobody",)))
        yield assistant


def _open_index(settings: Settings, catalog: Catalog, embedder: Embedder) -> ItemIndex:
    if settings.chroma_url:
        return ServedIndex.connect(settings.chroma_url, catalog, embedder, settings.catalog_dir)
    return ItemIndex.open(settings.catalog_dir, catalog, embedder)


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
    return Assistant(
        catalog,
        Retriever(catalog, index, embedder, generators(catalog, index, ranker)),
        ranker,
        Understander(model, catalog, TitleLinker(catalog), prompts.load),
        Explainer(model),
        engine,
    )


def reload_models(assistant: Assistant, models_dir: Path) -> None:
    """Use the models that are in this folder now, from the next turn on."""
    catalog, index = assistant.catalog, assistant.retriever.index
    ranker = load_ranker(catalog, index, models_dir)
    assistant.retriever.generators = generators(catalog, index, ranker)
    assistant.ranker = ranker


def generators(catalog: Catalog, index: VectorIndex, ranker: Ranker) -> tuple[CandidateGenerator, ...]:
    """Where candidates come from: the catalog's own generators, and what other people chose where that is known."""
    found = tuple(default_generators(catalog, index))
    return found if ranker.model is None else (*found, CollaborativeGenerator(ranker.model, catalog))
