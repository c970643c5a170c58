"""Comparing words that people type with words in a record: case, accents, punctuation and articles left aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ABOVE_OR_BELOW = 200
"""Latin, Greek and Cyrillic accents have a combining class from here up; the vowel signs of other scripts do not."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "&": " and "}
)
_ARTICLES = (
    "the|a|an|le|la|les|l'|un|une|el|los|las|il|lo|gli|i|uno|una|der|die|das|den|det|ein|eine|en|ett|o|os|as|um|uma"
)
_TRAILING_ARTICLE = re.compile(rf"^(?P<title>.+), (?P<article>{_ARTICLES})$", re.IGNORECASE)
_LEADING_ARTICLE = re.compile(r"^(?:the|a|an) +(?=\S)", re.IGNORECASE)
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_PARENTHESES = re.compile(r"\(([^()]*)\)")


def fold(text: str) -> str:
    """Lower case, without accents, everything but letters and digits turned into single spaces."""
    if text.isascii():  # nearly all of most catalogs, and ten times as fast
        return _NOT_ALPHANUMERIC.sub(" ", text.lower().replace("&", " and ")).strip()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = (char for char in plain if unicodedata.combining(char) < _ABOVE_OR_BELOW)
    spaced = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in kept)
    return unicodedata.normalize("NFC", " ".join(spaced.split()))


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """What two spellings of one name share: "Samuel L. Jackson" and "samuel l jackson", "sci-fi" and "SciFi".

    A name without any letter or digit is its own key.
    """
    return fold(text.replace("'", "").replace("’", "")).replace(" ", "") or text.strip().casefold()


def move_article(title: str) -> str:
    """ "Matrix, The" as people say it: "The Matrix"."""
    found = _TRAILING_ARTICLE.match(title.strip())
    if not found:
        return title.strip()
    article = found["article"]
    return f"{article}{'' if article.endswith(chr(39)) else ' '}{found['title']}"


def title_key(title: str) -> str:
    """The key of a title, its article (leading or trailing) left out, so that catalogs can be joined by it."""
    return key(_LEADING_ARTICLE.sub("", move_article(title)))


def title_variants(title: str) -> tuple[str, ...]:
    """The title, and each alternative that follows it in parentheses ("Amélie (Fabuleux destin …, Le)")."""
    alternatives = (re.sub(r"^a\.?k\.?a\.? ", "", found.strip()) for found in _PARENTHESES.findall(title))
    return tuple(move_article(part) for part in (_PARENTHESES.sub("", title), *alternatives) if part.strip())
