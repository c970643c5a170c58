from __future__ import annotations

import pytest

from assistant.understanding.numbers import Bound, counts, runtimes, years


def span(bounds: list[Bound]) -> tuple[int | None, int | None]:
    low = [bound.value for bound in bounds if bound.operator in (">=", "=")]
    high = [bound.value for bound in bounds if bound.operator in ("<=", "=")]
    return (low[0] if low else None, high[0] if high else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80's movies", (1980, 1989)),
        ("the eighties", (1980, 1989)),
        ("early 2000s comedies", (2000, 2009)),
        ("after 2005", (2006, None)),
        ("newer than 2005", (2006, None)),
        ("since 2005", (2005, None)),
        ("2005 or later", (2005, None)),
        ("from 2010 on", (2010, None)),
        ("before 2000", (None, 1999)),
        ("pre-1970", (None, 1969)),
        ("up to 1999", (None, 1999)),
        ("between 1995 and 2005", (1995, 2005)),
        ("from the 50s or 60s", (1950, 1969)),
        ("between the 90s and 2005", (1990, 2005)),
        ("1999 or 2000", (1999, 2000)),
        ("80年代到90年代的动作片", (1980, 1999)),
        ("2010 to now", (2010, None)),
        ("it doesn't matter if it's from the fifties", (None, None)),
        ("nothing older than 2000", (2000, None)),
        ("nothing before 1990", (1990, None)),
        ("I don't want anything made before 1990", (1990, None)),
        ("no movies after 2000", (None, 2000)),
        ("not from the 70s", (None, None)),
        ("not from the 70s, something from the 2010s", (2010, 2019)),
        ("21st century", (2000, None)),
        ("released this year", (2026, 2026)),
        ("in the last ten years", (2016, None)),
        ("a 1994 movie", (1994, 1994)),
        ("2010年以后", (2010, None)),
        ("2000年之后的", (2001, None)),
        ("2000年之前", (None, 1999)),
        ("90年代", (1990, 1999)),
        ("八十年代", (1980, 1989)),
        ("今年的", (2026, 2026)),
        ("I have 2000 reasons", (None, None)),
        ("a good comedy", (None, None)),
    ],
)
def test_years(text: str, expected: tuple[int | None, int | None]) -> None:
    assert span(years(text, 2026)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under 2 hours", (None, 119)),
        ("less than 90 minutes", (None, 89)),
        ("no longer than 100 minutes", (None, 100)),
        ("90 minutes tops", (None, 90)),
        ("at least two hours", (120, None)),
        ("nothing over 2 hours", (None, 120)),
        ("an hour and a half or less", (None, 90)),
        ("两个小时以内", (None, 120)),
        ("不超过90分钟", (None, 90)),
        ("in two hours", (None, None)),
    ],
)
def test_runtimes(text: str, expected: tuple[int | None, int | None]) -> None:
    assert span(runtimes(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("give me only one movie", 1),
        ("three comedies", None),
        ("show me three", 3),
        ("top 10 movies", 10),
        ("来三部", 3),
        ("来一部", None),
    ],
)
def test_counts(text: str, expected: int | None) -> None:
    assert [bound.value for bound in counts(text)] == ([expected] if expected else [])
