"""What a pattern finds must be what `re` finds with `re.IGNORECASE`, whatever the letters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.caseless import Caseless, lowered

PATTERNS = (
    r"\b(?:loved|liked|enjoyed)\s+(?P<What>\w+)",
    r"(?<!\w)no (?:horror|Comedy)s?\b|不要",
    r"^\W*(?:yes|no+)\b(?!\s+(?:one|IDEA))",
    r"(?<=□)[^A-Z\W]+\S",
    r"[a-z]{2}\b\s*$",
    r"[sik]{2}|[^sik]\d\D",
)
PIECES = (
    "Loved",
    "LIKED ",
    "enjoyed Heat",
    "no ",
    "NO HORROR",
    "Comedys",
    "□",
    "不要",
    "Yes",
    "idea",
    "ſs",
    "İi",
    "ıI",
    "Kk",
    "É",
    "7x",
)
texts = st.lists(st.sampled_from((*PIECES, " ", "\n", "s", "S")), max_size=8).map("".join) | st.text(max_size=12)


def found(matches):
    return [(match.span(), match.groupdict(), match[0]) for match in matches if match]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=texts, start=st.integers(0, 5))
def test_finds_what_re_finds(pattern, text, start):
    ours, theirs = Caseless(pattern), re.compile(pattern, re.IGNORECASE)
    assert found(ours.finditer(text, start)) == found(theirs.finditer(text, start))
    assert found([ours.search(text, start)]) == found([theirs.search(text, start)])
    assert found([ours.match(text, start)]) == found([theirs.match(text, start)])
    assert found([ours.fullmatch(text)]) == found([theirs.fullmatch(text)])
    assert ours.sub("<>", text) == theirs.sub("<>", text)


@given(st.text())
def test_small_letters_stand_where_the_letters_stood(text):
    assert len(lowered(text)) == len(text)


@pytest.mark.parametrize("pattern", [r"by (?-i:[A-Z])\w+", r"(\w)\1", r"(?P<one>\w)(?P=one)"])
def test_refuses_a_part_that_minds_the_case(pattern):
    with pytest.raises(ValueError, match="minds the case"):
        Caseless(pattern)
