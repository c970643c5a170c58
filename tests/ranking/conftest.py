from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from ranking.blend import BlendWeights
from ranking.ease import EASE, EASEConfig
from ranking.interactions import Interactions
from ranking.ranker import Ranker
from retrieval.catalog import Catalog
from retrieval.types import Credit, Item

GENRES = ("science fiction", "romance")


@dataclass
class Vectors:
    """Stands in for the index: only `vectors` is read."""

    vectors: NDArray[np.float32]


def checkerboard(size: int = 12, low: float = 1.0) -> tuple[NDArray[np.str_], list[dict[str, object]]]:
    """Even users like even items, odd users odd ones, and dislike the rest; user u never saw item u."""
    rows = [
        {"user_id": f"u{user}", "item_id": f"i{item:02}", "rating": 5.0 if (user - item) % 2 == 0 else low}
        for user in range(size)
        for item in range(size)
        if user != item
    ]
    return np.array([f"i{item:02}" for item in range(size)]), rows


@pytest.fixture
def catalog() -> Catalog:
    """Twelve items: the even ones science fiction, the odd ones romance; i12 and i13 without interactions."""
    return Catalog.from_items(
        Item(
            id=f"i{row:02}",
            title=f"Title {row}",
            year=2000 + row,
            genres=(GENRES[row % 2],),
            people=(Credit(f"Person {row % 3}", "director"),),
            keywords=("space travel",) if row % 2 == 0 else ("first love",),
            runtime=90 + row,
            rating=8.0,
            votes=100 * (row + 1),
        )
        for row in range(14)
    )


@pytest.fixture
def interactions(catalog: Catalog) -> Interactions:
    import pandas as pd

    return Interactions.from_frame(pd.DataFrame(checkerboard()[1]), catalog.ids)


@pytest.fixture
def vectors(catalog: Catalog) -> Vectors:
    rng = np.random.default_rng(5)
    drawn = rng.normal(size=(len(catalog), 8)) * 0.3
    drawn[::2, 0] += 1
    drawn[1::2, 1] += 1
    return Vectors((drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32))


@pytest.fixture
def ranker(catalog: Catalog, interactions: Interactions, vectors: Vectors) -> Ranker:
    model = EASE.fit(interactions.likes(), EASEConfig(regularisation=1.0))
    return Ranker(catalog, vectors, model, BlendWeights(), interactions.counts())
