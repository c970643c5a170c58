from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ranking.blend import PARTS, BlendWeights, Signals, blend
from ranking.diversity import diversify
from ranking.match import match
from retrieval.catalog import Catalog
from retrieval.types import Query


def array(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_parts_are_weight_times_value() -> None:
    signals = Signals(
        support=array(10, 0, 30),
        popularity=array(0.5, 0.0, 1.0),
        collaborative=array(2.0, np.nan, -4.0),
        semantic=array(0.2, 0.4, 0.6),
        liked_similarity=array(0.1, 0.1, 0.3),
        match=array(1, 0, 0.5),
    )
    weights = BlendWeights(
        collaborative=2, semantic=3, liked_similarity=5, popularity=7, match=11, shrinkage=10, disliked_similarity=0
    )
    largest = 4.0 / 31**0.2  # what was chosen often counts a little less
    first = 2 * (2.0 / 11**0.2 / largest) * 0.5
    expected = [[first, 0, 0, 3.5, 11], [0, 1.5, 0, 0, 0], [2 * -1 * 0.75, 3, 5, 7, 5.5]]
    np.testing.assert_allclose(blend(signals, weights), expected, atol=1e-5)


def test_what_few_people_liked_says_little_of_what_others_chose() -> None:
    def collaborative(*known: float) -> float:
        known_likes = array(*known)
        signals = Signals(array(30), array(0), collaborative=array(2.0), known_likes=known_likes)
        return float(blend(signals, BlendWeights(shrinkage=10))[0, PARTS.index("collaborative")])

    assert collaborative(10) == pytest.approx(0.75 * 0.5)
    assert collaborative(10, 30) == pytest.approx(0.75 * 0.75), "the best known of them decides"


def test_something_like_it_asks_for_likeness_more_than_taste_does() -> None:
    signals = Signals(array(5, 5), array(0, 0), liked_similarity=array(0.2, 0.6), liked_kinship=array(0, 1))
    taste, pattern = (blend(signals, BlendWeights(), alike=alike) for alike in (False, True))
    column = PARTS.index("liked_similarity")
    assert taste[:, column].tolist() == pytest.approx([0, BlendWeights().liked_similarity])
    assert pattern[1, column] > 2 * taste[1, column]
    assert pattern[0, column] == 0


def test_unknown_parts_count_nothing() -> None:
    parts = blend(Signals(support=array(0, 0), popularity=array(0, 1), match=array(np.nan, np.nan)), BlendWeights())
    assert np.isfinite(parts).all()
    assert parts[:, PARTS.index("popularity")].tolist() == pytest.approx([0, BlendWeights().popularity])
    assert parts.sum() == pytest.approx(BlendWeights().popularity)


def test_likeness_to_a_disliked_item_is_taken_off() -> None:
    signals = Signals(array(1, 1), array(0, 0), disliked_similarity=array(0.9, 0.1))
    assert blend(signals, BlendWeights()).sum(axis=1).tolist() == pytest.approx([-0.4, 0])


def test_weights_are_kept_in_a_file_that_says_when_it_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "blend.json"
    weights = BlendWeights(collaborative=3, learned={"cases": 4})
    weights.save(path)
    assert BlendWeights.load(path) == weights
    path.write_text('{"no": 1}')
    with pytest.raises(ValueError, match="blend weights"):
        BlendWeights.load(path)


def test_diversity_skips_near_copies() -> None:
    scores = array(1.0, 0.99, 0.5, 0.0)
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    assert diversify(scores, vectors, 2, 0.0).tolist() == [0, 1]
    assert diversify(scores, vectors, 2, 0.8).tolist() == [0, 2]
    assert diversify(scores, vectors, 9, 1.0).tolist()[0] == 0
    assert sorted(diversify(scores, vectors, 9, 1.0)) == [0, 1, 2, 3]


def test_match_is_the_share_of_each_kind_met(catalog: Catalog) -> None:
    rows = np.array([0, 1, 3])
    query = Query(genres=("sci-fi", "romance"), people=("Person 0",))
    np.testing.assert_allclose(match(catalog, query, rows), [0.75, 0.25, 0.75])
    assert np.isnan(match(catalog, Query(), rows)).all()
