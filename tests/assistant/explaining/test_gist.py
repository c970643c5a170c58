from __future__ import annotations

import pytest

from assistant.explaining.gist import MOST_WORDS, closed, gist


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("A conductor finds that the last train never stops.", "A conductor finds that the last train never stops"),
        (
            "A widowed clockmaker takes in the boy next door, teaches him her trade, and slowly learns that he is the "
            "son of the man who left her. It won four prizes.",
            "A widowed clockmaker takes in the boy next door, teaches him her trade",
        ),
        ("An Oscar winning film. Two brothers cross the desert to sell their only camel.",
         "Two brothers cross the desert to sell their only camel"),
        (
            "When a retired diver finds a sealed door on the floor of the flooded quarry behind her house one night, "
            "she calls her brother.",
            "A retired diver finds a sealed door",
        ),
        ("The city needs heroes. A nurse and her patient hide a stolen painting in a hospital.",
         "A nurse and her patient hide a stolen painting in a hospital"),
        ("The city needs heroes.", "The city needs heroes"),
        ("Short.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_sentence_that_tells_something_is_cut_at_a_clause(description: str, expected: str) -> None:
    assert gist(description) == expected


def test_a_gist_is_short_and_its_words_are_those_of_the_description() -> None:
    text = "word " * 60
    found = gist(text)
    assert 0 < len(found.split()) <= MOST_WORDS
    assert found in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("kidnapped by traffickers intent and", "kidnapped by traffickers"), ("A man finds keys", "A man finds keys")],
)
def test_words_that_something_must_follow_are_dropped_at_the_end(text: str, expected: str) -> None:
    assert closed(text) == expected
