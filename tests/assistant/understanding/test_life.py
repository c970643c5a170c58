"""What is told of one's own life sets no wish; the same words asked for do."""

from __future__ import annotations

import pytest

from assistant.understanding.life import of_life

_TOLD = [
    ("I grew up in the 90s in Chicago, so anything that feels like home", "90s"),
    ("my english is bad, need something easy", "english"),
    ("I work at a war museum", "war"),
    ("we moved to Italy in 2009. any thrillers?", "2009"),
    ("My grandfather fought in world war 2 and I'd love a good comedy", "world war 2"),
]
_ASKED = [
    ("I grew up in the 90s, so I want a horror movie", "horror"),
    ("I adore 90s horror", "90s"),
    ("I am in the mood for an old western", "western"),
    ("I'm so done with horror", "horror"),
    ("we finally agreed on a western", "western"),
    ("my dad loves westerns", "westerns"),
    ("hidden gems from the 70s", "70s"),
    ("is there a good western?", "western"),
]


@pytest.mark.parametrize(("message", "words"), _TOLD)
def test_life_is_told(message: str, words: str) -> None:
    assert of_life(message, message.index(words))


@pytest.mark.parametrize(("message", "words"), _ASKED)
def test_wishes_and_tastes_are_not_life(message: str, words: str) -> None:
    assert not of_life(message, message.index(words))
