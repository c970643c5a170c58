"""The drawn posters."""

import xml.etree.ElementTree as ET

import pytest

from ui.poster import _GENRES, _wide, poster


def test_the_same_title_and_genres_give_the_same_drawing():
    first = poster("Heat", ("crime", "drama"))
    poster.cache_clear()
    assert poster("Heat", ("crime", "drama")) == first


def test_the_order_of_the_genres_does_not_matter():
    assert poster("Heat", ("drama", "crime")) == poster("Heat", ("crime", "drama"))


def test_titles_are_told_apart():
    assert len({poster(f"Film {number}", ("drama",)) for number in range(30)}) == 30


@pytest.mark.parametrize("genre", [*_GENRES, "unknown", ""])
def test_every_genre_gives_a_well_formed_drawing(genre):
    ET.fromstring(poster("A title & more", (genre,)))


@pytest.mark.parametrize("title", ["", " ", "x" * 500, "花样年华", "Se7en: <deadly>", "a\nb\tc", "🎬" * 20])
def test_any_title_gives_a_well_formed_drawing(title):
    ET.fromstring(poster(title, ()))


@pytest.mark.parametrize(
    "title", ["The Maze Runner", "Transcendence", "MMMM WWWW", "Who Framed Roger Rabbit", "x" * 40]
)
def test_the_title_stays_within_the_drawing(title):
    drawing = ET.fromstring(poster(title, ("drama",)))
    for line in drawing.iter("text"):
        assert 16 + _wide(line.text) * float(line.get("font-size")) <= 184


def test_a_word_is_cut_only_when_it_does_not_fit_in_small_letters():
    lines = [line.text for line in ET.fromstring(poster("Transcendence Unconditionally", ())).iter("text")]
    assert lines == ["Transcendence", "Unconditionally"]
