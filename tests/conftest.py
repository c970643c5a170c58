from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.wiring import assemble
from retrieval.catalog import Catalog
from retrieval.index import ItemIndex
from tests.fakes import QueueModel
from tests.tiny import WordEmbedder, build_tiny

MakeAssistant = Callable[[QueueModel | None], Assistant]


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny catalog, its index and its models, built once."""
    return build_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_parts(tiny_folder: Path) -> Iterator[tuple[Catalog, ItemIndex, WordEmbedder]]:
    """The tiny catalog, opened."""
    catalog, embedder = Catalog.load(tiny_folder), WordEmbedder()
    with ItemIndex.open(tiny_folder, catalog, embedder) as index:  # type: ignore[arg-type]
        yield catalog, index, embedder


@pytest.fixture(scope="session")
def make_assistant(tiny_folder: Path, tiny_parts: tuple[Catalog, ItemIndex, WordEmbedder]) -> MakeAssistant:
    """An assistant over the tiny catalog with this model (None: no engine)."""
    catalog, index, embedder = tiny_parts

    def make(model: QueueModel | None) -> Assistant:
        return assemble(catalog, index, embedder, tiny_folder / "models", model=model)  # type: ignore[arg-type]

    return make
