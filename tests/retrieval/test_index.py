from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.catalog import Catalog
from retrieval.exact import top
from retrieval.index import IndexProblem, ItemIndex
from retrieval.item_text import item_text
from retrieval.types import Item
from tests.tiny import WordEmbedder

EMBEDDER = WordEmbedder()


class OtherEmbedder(WordEmbedder):
    name = "other words"


def everything(catalog: Catalog) -> np.ndarray:
    return np.ones(len(catalog), dtype=np.bool_)


@pytest.mark.parametrize("exact_up_to", [0, 1000])
def test_search_finds_the_nearest_allowed_rows(catalog: Catalog, tmp_path: Path, exact_up_to: int) -> None:
    with ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False) as index:
        index.exact_up_to = exact_up_to
        vector = EMBEDDER.encode([item_text(catalog.item(2))])[0]
        rows, scores = index.nearest(vector[None], everything(catalog), 3)[0]
        assert rows[0] == 2
        assert scores == pytest.approx(np.sort(index.vectors @ vector)[::-1][:3], abs=1e-4)
        without = everything(catalog)
        without[2] = False
        rows, _ = index.nearest(vector[None], without, 3)[0]
        assert len(rows) == 3
        assert 2 not in rows
        assert len(index.nearest(vector[None], ~everything(catalog), 3)[0][0]) == 0
        assert len(index.nearest(vector[None], everything(catalog), 0)[0][0]) == 0


def test_an_open_index_serves_without_embedding_again(catalog: Catalog, tmp_path: Path) -> None:
    with ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False) as index:
        vectors = index.vectors.copy()
    with ItemIndex.open(tmp_path, catalog, EMBEDDER) as index:
        np.testing.assert_array_equal(index.vectors, vectors)
    (tmp_path / "vectors.npy").unlink()
    with ItemIndex.open(tmp_path, catalog, EMBEDDER) as index:
        np.testing.assert_allclose(index.vectors, vectors, atol=1e-6)
    assert (tmp_path / "vectors.npy").is_file()


def test_the_records_in_chroma_carry_metadata(catalog: Catalog, tmp_path: Path) -> None:
    with ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False) as index:
        found = index._collection.get(ids=["matrix", "lost"], include=["metadatas", "documents"])
        by_id = dict(zip(found["ids"], found["metadatas"] or [], strict=True))
    assert by_id["matrix"] == {
        "title": "The Matrix",
        "year": 1999,
        "genres": "action|science fiction",
        "language": "en",
    }
    assert by_id["lost"]["title"] == "The Lost Reel"


def test_an_index_of_another_model_or_catalog_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(IndexProblem, match="no index"):
        ItemIndex.open(tmp_path, catalog, EMBEDDER)
    ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False).close()
    with pytest.raises(IndexProblem, match=r"embedding model 'words', but 'other words'.*concierge index"):
        ItemIndex.open(tmp_path, catalog, OtherEmbedder())
    with pytest.raises(IndexProblem, match="items"):
        ItemIndex.open(tmp_path, catalog.extended([Item("new", "New")]), EMBEDDER)
    renamed = Catalog.from_items([Item(f"x{n}", "T") for n in range(len(catalog))])
    with pytest.raises(IndexProblem, match="ids"):
        ItemIndex.open(tmp_path, renamed, EMBEDDER)


def test_a_build_cut_short_leaves_the_old_index(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False).close()

    class FailingEmbedder(WordEmbedder):
        def encode(self, texts, progress=False):  # type: ignore[no-untyped-def]
            raise MemoryError

    with pytest.raises(MemoryError):
        ItemIndex.build(catalog, FailingEmbedder(), tmp_path, progress=False)
    with ItemIndex.open(tmp_path, catalog, EMBEDDER) as index:
        assert len(index) == len(catalog)
    ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False).close()
    assert not (tmp_path / "index.partial").exists()


def test_new_and_changed_items_serve_the_next_search(catalog: Catalog, tmp_path: Path) -> None:
    newer = [Item("speed", "Gardening", description="Roses and tulips."), Item("heat", "Heat", description="A heist.")]
    extended = catalog.extended(newer)
    with ItemIndex.build(catalog, EMBEDDER, tmp_path, progress=False) as index:
        index.upsert([])
        index.upsert(newer)
        for text, item_id in (("heist", "heat"), ("roses tulips", "speed")):
            rows, _ = index.nearest(EMBEDDER.encode([text]), everything(extended), 1)[0]
            assert extended.ids[rows[0]] == item_id
        vectors = index.vectors
    with ItemIndex.open(tmp_path, extended, EMBEDDER) as index:
        np.testing.assert_array_equal(index.vectors, vectors)


def test_top_orders_ties_by_position() -> None:
    assert top(np.array([1, 3, 2, 3], dtype=np.float32), 3).tolist() == [1, 3, 2]
    assert top(np.array([1, 2], dtype=np.float32), 9).tolist() == [1, 0]
    assert top(np.empty(0, dtype=np.float32), 3).tolist() == []
