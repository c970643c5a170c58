"""Puts retrieval, ranking, understanding and explaining together into an assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import prompts
from assistant.assistant import Assistant
from assistant.engines import Engine
from assistant.engines.types import LanguageModel
from assistant.explaining import Explainer
from assistant.settings import Settings
from assistant.state import DialogueState
from assistant.understanding import Understander
from ranking.build import load_ranker
from ranking.generator import CollaborativeGenerator
from ranking.ranker import Ranker
from retrieval.catalog import Catalog
from retrieval.embedder import Embedder
from retrieval.generators import default_generators
from retrieval.index import IndexProblem, ItemIndex
from retrieval.retriever import Retriever
from retrieval.served_index import ServedIndex
from retrieval.titles import TitleLinker
from retrieval.types import CandidateGenerator, Query, VectorIndex


class CatalogDamaged(RuntimeError):
    """The catalog on disk cannot be read; the text says what to do."""


@contextmanager
def open_assistant(settings: Settings, engine: Engine | None) -> Iterator[Assistant]:
    """The assistant over the catalog of these settings.

    Raises
    ------
    FileNotFoundError, IndexProblem
        when there is no catalog, or its index is not whole or of another model; the message names the command.
    CatalogDamaged
        when a file of it cannot be read.
    """
    folder, embedder = settings.catalog_dir, Embedder(settings.embedding_model)
    with ExitStack() as stack:
        stack.enter_context(small_products())
        with _named_damage(folder):
            catalog = Catalog.load(folder)
            index = stack.enter_context(_open_index(settings, catalog, embedder))
            assistant = assemble(catalog, index, embedder, folder / "models", engine)
        # What the first use builds, torch's kernels and the catalog's postings, must not cost the first person.
        assistant.understander.rules.read("I loved Warm, something funny after 1900, no drama", DialogueState())
        assistant.rank(Query(text="warm", liked=catalog.ids[:1], genres=("drama",), people=("nobody",)))
        yield assistant


def small_products() -> AbstractContextManager[object]:
    """NumPy's products on one thread: those of a turn are small, and threads that wait for more of them keep the cores
    from PyTorch, which embeds and scans."""
    return threadpool_limits(1, "blas")  # type: ignore[no-any-return]


@contextmanager
def _named_damage(folder: Path) -> Iterator[None]:
    """Name the catalog in place of what a library says of bytes that it cannot make sense of."""
    try:
        yield
    except (FileNotFoundError, IndexProblem):
        raise
    except Exception as error:
        raise CatalogDamaged(
            f"a file of the catalog in {folder} cannot be read ({type(error).__name__}: {error}). Bring the folder "
            "back from a copy, or remove it and build it again with `concierge setup` or `concierge index`; "
            "a damaged model alone is mended by `concierge train`"
        ) from error


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
