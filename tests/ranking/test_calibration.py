from __future__ import annotations

import math

import numpy as np
import pytest

from ranking.calibration import divergence, genre_shares
from ranking.diversity import Taste, diversify


def test_shares_count_all_of_an_items_genres_once() -> None:
    genres = [("Horror", "horror", "War"), ("Romance",), ()]
    np.testing.assert_allclose(genre_shares(genres, ["horror", "romance"]), [[0.5, 0], [0, 1], [0, 0]])


def test_divergence_is_none_where_the_list_keeps_the_proportions() -> None:
    half = np.array([0.5, 0.5])
    shown = np.array([[0.5, 0.5], [1.0, 0.0]])
    one_sided = 0.5 * math.log(0.5 / 0.995) + 0.5 * math.log(0.5 / 0.005)
    assert divergence(half, shown).tolist() == pytest.approx([0, one_sided])
    assert divergence(np.zeros(2), shown).tolist() == [0, 0]


def test_a_list_for_two_tastes_holds_both() -> None:
    scores = np.array([1.0, 0.95, 0.9, 0.8, 0.7], np.float32)
    vectors = np.eye(5, dtype=np.float32)
    horror, romance = [1.0, 0.0], [0.0, 1.0]
    items = np.array([horror, horror, horror, romance, romance], np.float32)
    both, one = Taste(np.array([0.5, 0.5], np.float32), items), Taste(np.array([1.0, 0.0], np.float32), items)
    assert diversify(scores, vectors, 2, 0.3).tolist() == [0, 1]
    assert diversify(scores, vectors, 2, 0.3, both).tolist() == [0, 3]
    assert diversify(scores, vectors, 3, 0.3, one).tolist() == [0, 1, 2]
    assert diversify(scores, vectors, 2, 0.0, both).tolist() == [0, 1]
