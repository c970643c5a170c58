"""The canonical key of a title: what all the ways to type it share."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.text import fold

_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8"}
_PART = frozenset({"part", "pt", "chapter", "episode", "vol", "volume", "no"})
_ARTICLES = frozenset({"the", "a", "an"})
_SEPARATOR = re.compile(r"\s*:\s+|\s+[-–—]\s+|:\s*")
_PART_NUMBER = re.compile(r"\s+[2-9]$")
_AND_THE = re.compile(r"\s+and the\s+", re.IGNORECASE)


def words(key: str) -> list[str]:
    """The words of a key."""
    return key.split()


@lru_cache(maxsize=50_000)
def canonical(title: str) -> str:
    """Lower case, no accents, punctuation, apostrophes or leading article; roman and spelled part numbers as digits.

    "The Godfather: Part II", "Godfather part 2" and "the godfather 2" share one key.
    """
    tokens = fold(title.replace("'", "").replace("’", "")).split()
    if len(tokens) > 1 and tokens[0] in _ARTICLES:
        tokens = tokens[1:]
    kept: list[str] = []
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if token in _PART and place and (_number(following) or following.isdecimal()):
            continue
        if place and token in _ROMAN:
            token = _ROMAN[token]
        elif place and tokens[place - 1] in _PART:
            token = _number(token) or token
        kept.append(token)
    if len(kept) > 1 and kept[-1] == "1":
        kept = kept[:-1]
    return " ".join(kept)


def _number(token: str) -> str:
    return _ROMAN.get(token) or _NUMBERS.get(token) or ("1" if token == "i" else "")  # noqa: S105  a word, not a secret


def compact(key: str) -> str:
    """The key without spaces: "spiderman" and "spider man"."""
    return key.replace(" ", "")


def head(title: str) -> str:
    """The key of what precedes the subtitle ("Star Wars", "Harry Potter"), or "" when there is none."""
    for separator in (_SEPARATOR, _AND_THE):
        parts = separator.split(title, maxsplit=1)
        if len(parts) == 2 and len(key := canonical(parts[0])) > 3:
            return key
    return ""


@lru_cache(maxsize=50_000)
def series(title: str) -> str:
    """What the parts of a series share, as far as their titles tell: the head, or the key without a part's number."""
    return _PART_NUMBER.sub("", head(title) or canonical(title))


def tail(title: str) -> str:
    """The key of a subtitle of two words or more ("The Fellowship of the Ring"), or ""."""
    parts = _SEPARATOR.split(title, maxsplit=1)
    key = canonical(parts[1]) if len(parts) == 2 else ""
    return key if len(key.split()) > 1 and len(key) > 7 else ""
