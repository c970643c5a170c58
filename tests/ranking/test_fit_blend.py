from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ranking.blend import BlendWeights
from ranking.build import BLEND_FILE
from ranking.fit_blend import fit_blend
from ranking.interactions import Interactions
from ranking.simulate import simulate, split_users
from retrieval.catalog import Catalog
from tests.ranking.conftest import Vectors


@pytest.fixture
def people(catalog: Catalog) -> Interactions:
    """Forty people, each fond of one of the two kinds, not of every item of it."""
    rng = np.random.default_rng(3)
    rows = [
        {"user_id": f"u{user:02}", "item_id": catalog.ids[item], "rating": 5.0 if (user - item) % 2 == 0 else 1.0}
        for user in range(40)
        for item in range(14)
        if rng.random() < 0.95
    ]
    return Interactions.from_frame(pd.DataFrame(rows), catalog.ids)


def encode(texts: Sequence[str]) -> np.ndarray:
    found = np.zeros((len(texts), 8), np.float32)
    for place, text in enumerate(texts):
        found[place, 0 if "science" in text or "space" in text else 1] = 1
    return found


def test_cases_tell_some_likes_and_withhold_what_meets_the_wish(catalog: Catalog, people: Interactions) -> None:
    cases = simulate(catalog, people)
    assert cases
    likes = people.likes().toarray()
    for case in cases:
        told = set(catalog.rows(case.query.liked))
        assert len(case.relevant)
        assert not told & set(case.relevant)
        assert likes[case.user, case.relevant].all()
        assert case.query.liked or case.query.text or case.query.genres
        for row in case.relevant:
            assert set(case.query.genres) <= set(catalog.item(int(row)).genres)


def test_groups_of_people_are_disjoint(people: Interactions) -> None:
    one, other = split_users(people, 0.6)
    assert not set(one.user_ids) & set(other.user_ids)
    assert (len(one.user_ids), len(other.user_ids)) == (24, 16)


def test_learned_weights_are_kept_with_their_figures(
    catalog: Catalog, people: Interactions, vectors: Vectors, tmp_path: Path
) -> None:
    weights = fit_blend(catalog, vectors, encode, people, tmp_path)
    assert BlendWeights.load(tmp_path / BLEND_FILE) == weights
    assert float(weights.learned["cases_reported"]) > 10
    assert float(weights.learned["learned"]) > 0.8
    assert float(weights.learned["only_match"]) < float(weights.learned["learned"])
