from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.genres import resolve_genre
from retrieval.text import fold, key, move_article, title_key, title_variants


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("samuel l jackson", "Samuel L. Jackson"),
        ("penelope cruz", "Penélope Cruz"),
        ("JJ Abrams", "J.J. Abrams"),
        ("soren malling", "Søren Malling"),
        ("SCI FI", "sci-fi"),
        ("oneill", "O’Neill"),
    ],
)
def test_spellings_of_one_name_share_a_key(typed: str, written: str) -> None:
    assert key(typed) == key(written)


def test_other_scripts_keep_their_signs() -> None:
    assert key("がぎ") != key("かき")
    assert key("हिन्दी") != key("हन्द")
    assert fold("東京 物語") == "東京 物語"


def test_a_name_of_signs_only_is_its_own_key() -> None:
    assert key("!!!") == "!!!"
    assert key("?") != key("!!!")


@pytest.mark.parametrize(
    ("title", "moved"),
    [("Matrix, The", "The Matrix"), ("Avventura, L'", "L'Avventura"), ("Crouching Tiger", "Crouching Tiger")],
)
def test_trailing_articles_move_to_the_front(title: str, moved: str) -> None:
    assert move_article(title) == moved


def test_title_keys_ignore_articles_but_not_words() -> None:
    assert title_key("Matrix, The") == title_key("The Matrix") == title_key("matrix")
    assert title_key("Theatre") != title_key("atre")
    assert title_key("Beauty & the Beast") == title_key("Beauty and the Beast")


def test_alternatives_in_parentheses_are_titles_too() -> None:
    assert title_variants("City of Lost Children, The (Cité des enfants perdus, La)") == (
        "The City of Lost Children",
        "La Cité des enfants perdus",
    )
    assert title_variants("Seven (a.k.a. Se7en)") == ("Seven", "Se7en")


def test_a_genre_is_named_as_the_catalog_names_it() -> None:
    assert resolve_genre("sci-fi", {"sciencefiction"}) == "sciencefiction"
    assert resolve_genre("Science Fiction", {"scifi"}) == "scifi"
    assert resolve_genre("western", {"drama"}) is None


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_plain_text_folds_like_any_other(text):
    assert fold(text) == fold(text + "é").removesuffix("e").strip()
