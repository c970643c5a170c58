from __future__ import annotations

import pytest

from assistant.understanding import opinions


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        ("□□ was a slog", "bad"),
        ("□□ wasn't bad", "good"),
        ("□□ isn't great", "bad"),
        ("□□ was never boring", "good"),
        ("□□ slaps", "good"),
        ("□□ put my wife to sleep", "bad"),
        ("□□ couldn't even finish", "bad"),
        ("□□ I adored", "good"),
        ("□□ every one of us hated", "bad"),
        ("□□ none of us liked", "bad"),
        ("□□ I found unbearable", "bad"),
        ("□□ even better", "good"),
        ("□□ no", "bad"),
        ("□□: overrated", "bad"),
        ("□□ 9/10", "good"),
        ("□□ 3/10", "bad"),
    ],
)
def test_what_is_said_behind_a_title(message: str, sign: str) -> None:
    assert [found for _, _, found in opinions.verdicts(message)][:1] == [sign]


@pytest.mark.parametrize("message", ["is there a good comedy", "□□ and □□", "who is in □□", "a 9 to 5 job"])
def test_what_is_no_opinion(message: str) -> None:
    assert not opinions.verdicts(message)


@pytest.mark.parametrize(
    ("clause", "sign"),
    [
        ("I loathed every minute of it", "bad"),
        ("my wife can't stand it", "bad"),
        ("loved all three", "good"),
        ("my husband worships them and I can't stand either", "bad"),
        ("I can't praise it enough", "good"),
        ("I found that one repulsive", "bad"),
        ("都很喜欢", "good"),
        ("more like that", None),
        ("I hate it when people talk", None),
    ],
)
def test_what_is_said_of_it(clause: str, sign: str | None) -> None:
    assert opinions.on_it(clause) == sign


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (" was amazing", True),
        (" (the blue one) was so mid", True),
        (" made my dad cry", True),
        (" no, the other yes", True),
        (" is in it", False),
        (" of a friend was great", False),
    ],
)
def test_an_opinion_right_behind_a_span(after: str, *, expected: bool) -> None:
    assert opinions.follows(after) is expected


def test_praise_that_is_taken_back() -> None:
    assert opinions.regretted(", what a masterpiece 🙄 worst 90 minutes of my life")
    assert not opinions.regretted(", what a masterpiece")
