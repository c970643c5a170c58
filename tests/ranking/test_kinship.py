from __future__ import annotations

import numpy as np
import pytest

from ranking.kinship import kinship
from retrieval.catalog import Catalog
from retrieval.types import Item

ROWS = np.arange(5)


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.from_items(
        [
            Item("liked", "Liked", genres=("romance", "drama"), keywords=("vampire",)),
            Item("kin", "Kin", genres=("romance", "drama"), keywords=("vampire", "prom")),
            Item("genres", "Genres", genres=("romance", "drama"), keywords=("prom",)),
            Item("far", "Far", genres=("war", "drama")),
            Item("bare", "Bare"),
        ]
    )


def test_what_shares_more_of_the_record_is_closer(catalog: Catalog) -> None:
    found = kinship(catalog, np.array([0]), ROWS)
    assert found.dtype == np.float32
    assert found[[0, 1, 4]].tolist() == pytest.approx([1, 1, 0])
    assert found[1] > found[2] > found[3] > found[4]


def test_a_rare_value_counts_more_than_a_common_one(catalog: Catalog) -> None:
    romance, drama = np.log(5 / 3), np.log(5 / 4)
    assert kinship(catalog, np.array([0]), ROWS)[3] == pytest.approx(drama / (romance + drama) / 2)


def test_likes_without_genres_and_keywords_say_nothing(catalog: Catalog) -> None:
    assert kinship(catalog, np.array([4]), ROWS).tolist() == [0] * 5
