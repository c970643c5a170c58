from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.shorthand import spelled_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smth w zombies b4 2000 pls", "something with zombies before 2000 please"),
        ("y did u pick these", "why did you pick these"),
        ("frozen n tangled", "frozen and tangled"),
        ("a movie 4 my kids, comedy w/o him", "a movie for my kids, comedy without him"),
        ("who directed the 1st 1", "who directed the 1st one"),
        ("dont like it, cant finish it", "don't like it, can't finish it"),
        ("it put me 2 sleep", "it put me to sleep"),
        ("Pls no horror", "Please no horror"),
    ],
)
def test_short_forms_are_written_out(typed: str, meant: str) -> None:
    assert spelled_out(typed).text == meant


@pytest.mark.parametrize(
    "message", ["W. and U Turn", "Fantastic 4", "Ocean's 8", "the year 2004", "x-ray, Q&A", "千与千寻"]
)
def test_titles_and_numbers_stay(message: str) -> None:
    assert spelled_out(message).text == message


def test_words_come_back_as_typed() -> None:
    spelled = spelled_out("superbad n step brothers b4 2010")
    assert spelled.typed("before 2010") == "b4 2010"
    assert spelled.typed("superbad and step brothers") == "superbad n step brothers"
    assert spelled.typed("nowhere") == "nowhere"


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_any_words_come_back_as_part_of_the_message(message: str, start: int, end: int) -> None:
    spelled = spelled_out(message)
    words = spelled.text[min(start, end) : max(start, end)]
    assert spelled.typed(words) in message or spelled.typed(words) == words
