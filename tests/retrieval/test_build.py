from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from retrieval.build import BuildProblem, build_catalog, load_interactions
from retrieval.catalog import Catalog
from retrieval.index import ItemIndex
from retrieval.types import Item
from tests.tiny import WordEmbedder


class CountingEmbedder(WordEmbedder):
    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts, progress=False):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts)


RATINGS = pd.DataFrame({"user_id": ["u", "u"], "item_id": ["matrix", "unknown"], "rating": [5.0, 1.0]})


def test_a_catalog_is_built_once(items: tuple[Item, ...], tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    for _ in range(2):
        catalog = build_catalog(items, RATINGS, tmp_path, embedder, progress=False)
        assert catalog.ids == tuple(item.id for item in items)
        assert embedder.texts == len(items)
    kept = load_interactions(tmp_path)
    assert kept is not None
    assert kept["item_id"].tolist() == ["matrix"]
    ItemIndex.open(tmp_path, Catalog.load(tmp_path), embedder).close()


def test_changed_sources_are_built_again(items: tuple[Item, ...], tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    build_catalog(items, RATINGS, tmp_path, embedder, progress=False)
    build_catalog(items, None, tmp_path, embedder, progress=False)
    assert load_interactions(tmp_path) is None
    assert embedder.texts == len(items)
    build_catalog(items[1:], None, tmp_path, embedder, progress=False)
    assert embedder.texts == 2 * len(items) - 1
    assert len(Catalog.load(tmp_path)) == len(items) - 1


def test_a_build_cut_short_is_done_again(items: tuple[Item, ...], tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    build_catalog(items, None, tmp_path, embedder, progress=False)
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")
    build_catalog(items, None, tmp_path, embedder, progress=False)
    assert embedder.texts == 2 * len(items)


def test_what_cannot_be_built_says_why(items: tuple[Item, ...], tmp_path: Path) -> None:
    with pytest.raises(BuildProblem, match="at least one item"):
        build_catalog([], None, tmp_path, WordEmbedder(), progress=False)
    with pytest.raises(BuildProblem, match="same ids"):
        build_catalog(items, RATINGS.iloc[1:], tmp_path, WordEmbedder(), progress=False)
