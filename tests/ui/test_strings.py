"""The page's words."""

import re

import pytest

from ui.strings import LANGUAGES, strings


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_and_places(language):
    english, other = strings("en"), strings(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", other[key])), key


def test_an_unknown_language_is_english():
    assert strings("xx") == strings("en")
