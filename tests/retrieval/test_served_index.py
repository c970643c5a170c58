"""The index in a real Chroma server, a child of the test."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.catalog import Catalog
from retrieval.index import IndexProblem, ItemIndex
from retrieval.served_index import ServedIndex
from tests.tiny import FILMS, WordEmbedder, tiny_catalog

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            limit = time.monotonic() + 60
            while not listens(port):
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < limit
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


class Counting(WordEmbedder):
    """Counts what it embeds."""

    def __init__(self) -> None:
        self.embedded = 0

    def encode(self, texts, progress=False):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().encode(texts, progress)


def connect(server: str, catalog: Catalog, embedder: WordEmbedder, folder: Path) -> ServedIndex:
    return ServedIndex.connect(server, catalog, embedder, folder, progress=False)  # type: ignore[arg-type]


def test_two_workers_share_it_and_find_what_the_embedded_one_finds(server: str, tiny_folder: Path) -> None:
    catalog, embedder = tiny_catalog(), Counting()
    with (
        ItemIndex.open(tiny_folder, catalog, embedder) as local,  # type: ignore[arg-type]
        connect(server, catalog, embedder, tiny_folder) as first,
        connect(server, catalog, embedder, Path("nowhere")) as second,
    ):
        assert embedder.embedded == 0
        vector = WordEmbedder().encode(["dreams and space"])[0]
        everything = np.ones(len(catalog), bool)
        expected, scores = local.nearest(vector[None], everything, 5)[0]
        for index in (first, second):
            found, same = index.nearest(vector[None], everything, 5)[0]
            assert found.tolist() == expected.tolist()
            assert same == pytest.approx(scores, abs=1e-5)
            index.exact_up_to = 0
            graph, _ = index.nearest(vector[None], everything, 5)[0]
            assert graph.tolist()[:4] == expected.tolist()[:4]  # the fifth is a tie


def test_a_catalog_that_no_folder_has_is_embedded_and_others_stay(server: str, tmp_path: Path) -> None:
    catalog, embedder = Catalog.from_items(FILMS[:7]), Counting()
    connect(server, catalog, embedder, tmp_path)
    assert embedder.embedded == 7
    connect(server, catalog, embedder, tmp_path)
    assert embedder.embedded == 7
    assert len(connect(server, tiny_catalog(), embedder, tmp_path).vectors) == len(FILMS)


def test_a_half_written_collection_is_not_served_but_written_whole(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog.from_items(FILMS[:9])

    class Breaking(Counting):
        name = "breaking"

        def encode(self, texts, progress=False):  # type: ignore[no-untyped-def]
            if self.embedded:
                raise KeyboardInterrupt
            return super().encode(texts, progress)

    monkeypatch.setattr("retrieval.index._BATCH", 4)
    with pytest.raises(KeyboardInterrupt):
        connect(server, catalog, Breaking(), tmp_path)
    whole = Counting()
    whole.name = "breaking"
    index = connect(server, catalog, whole, tmp_path)
    assert whole.embedded == 9
    assert index.vectors == pytest.approx(WordEmbedder().encode([*map(_text, FILMS[:9])]), abs=1e-5)


def _text(item):  # type: ignore[no-untyped-def]
    from retrieval.item_text import item_text

    return item_text(item)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", f"http://127.0.0.1:{free_port()}"])
def test_a_server_that_is_not_there_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(IndexProblem, match=r"CHROMA_URL|does not answer"):
        connect(url, tiny_catalog(), WordEmbedder(), tmp_path)
