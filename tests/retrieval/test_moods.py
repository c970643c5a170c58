"""Moods: what of a record speaks for them."""

import numpy as np
import pytest

from retrieval.catalog import Catalog
from retrieval.generators import FactsGenerator
from retrieval.moods import moods, spelled_out, wished
from retrieval.types import Constraints, Item, Query


@pytest.fixture
def catalog():
    return Catalog.from_items(
        [
            Item("puzzle", "Puzzle", genres=("mystery",), keywords=("amnesia",)),
            Item("dream", "Dream", genres=("drama",), keywords=("dream",)),
            Item("cartoon", "Cartoon", genres=("animation",), keywords=("dream",)),
            Item("heist", "Heist", genres=("crime",), keywords=("heist",)),
        ]
    )


def test_two_things_say_a_mood_one_hints_and_a_genre_may_speak_against(catalog):
    assert moods()["mind-bending"].scores(catalog).tolist() == [1.0, 0.5, 0.0, 0.0]


def test_a_wish_is_a_mood_or_a_keyword(catalog):
    assert wished(catalog, ["heist"]).tolist() == [0, 0, 0, 1]
    assert wished(catalog, ["heist", "mind-bending"]).tolist() == [1.0, 0.5, 0.0, 1.0]
    assert wished(catalog, []).tolist() == [0, 0, 0, 0]


def test_what_speaks_for_a_mood_is_named_unless_a_genre_speaks_against_it(catalog):
    named = [moods()["mind-bending"].speaking(catalog.item(row)) for row in range(4)]
    assert named == [("amnesia", "mystery"), ("dream",), (), ()]


def test_a_mood_is_embedded_as_a_description(catalog):
    text = spelled_out("heist, mind-bending")
    assert text.startswith("heist, ")
    assert "dreams" in text
    assert "mind-bending" not in text


def test_candidates_come_by_mood(catalog):
    rows, _ = FactsGenerator(catalog).propose(Query(keywords=("mind-bending",)), np.ones(4, np.bool_), 10)
    assert [catalog.ids[row] for row in rows] == ["puzzle", "dream"]


def test_a_refused_mood_refuses_records_that_speak_for_it_and_genres_that_always_have_it():
    catalog = Catalog.from_items(
        [
            Item("slasher", "A", genres=("thriller",), keywords=("slasher",)),
            Item("ghosts", "B", genres=("horror",)),
            Item("front", "C", genres=("war",)),
            Item("toys", "D", genres=("animation",), keywords=("torture",)),
            Item("letters", "E", genres=("romance",)),
        ]
    )
    allowed = {
        wanted: [
            catalog.ids[row]
            for row in np.flatnonzero(
                catalog.allowed(Constraints(not_keywords=frozenset({"violence"}), genres_any=frozenset(wanted)))
            )
        ]
        for wanted in ((), ("war",))
    }
    assert allowed == {(): ["toys", "letters"], ("war",): ["front"]}


def test_no_mood_speaks_for_and_against_the_same_genre():
    for mood in moods().values():
        assert not set(mood.genres) & set(mood.against), mood.name
