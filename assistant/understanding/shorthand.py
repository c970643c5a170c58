"""Spells out what people type in a hurry ("smth w zombies b4 2000 pls"), so that the rules need one spelling only."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from retrieval.caseless import alternatives

_TABLE = Path(__file__).with_name("shorthand.yaml")
_APART = r"(?<![\w'’&/.\-])", r"(?![\w'’&/\-]|\.\w)"
"""A short form stands alone: "w" is none in "w.", "Q&A" or "x-ray"."""

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"[^\S\n]{3,}", " "),
    (r"(?:[^\S\n]*\n){2,}[^\S\n]*", "\n"),
    (r"(?<=\w)\s{1,2}['’]?n['’]?\s{1,2}(?=\w)", " and "),  # "frozen n tangled"
    (r"\bw/(?!o\b)\s*(?=\w)", "with "),
    (r"\by(?=\s+(?:did|do|does|is|are|would|you|u|not|this|that|these|those|it|them)\b)", "why"),
    (r"(?<![\w$.])4(?=\s+(?:an?|my|me|us|the|our|his|her|kids|some\w*|this|friday|saturday|sunday|date|tonight)\b)", "for"),
    (r"\b(want|need|going|trying|what|how|like) 2(?=\s+[a-z])", r"\1 to"),
    (r"\b(that|this) ones(?=\s+[a-z])", r"\1 one's"),
    (r"\b2(?=\s+(?:watch|see|sleep|be|do|laugh|cry|chill|relax|get|find|go|have|hear|try)\b)", "to"),
    (r"\b(which|the) 1(?=\s+(?:is|was|has|did|with|about|where|that|should|would)\b)", r"\1 one"),
    (r"\b(1st|2nd|3rd|\dth|first|second|third|fourth|fifth|last|other|that|this)\s+1\b(?!\s*(?:hour|hr|min|star|/))", r"\1 one"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelled:
    """A message spelled out, and where each stretch of it stood before."""

    text: str
    _original: str
    _starts: tuple[int, ...]
    _stretches: tuple[tuple[int, int, int, int], ...]

    def typed(self, words: str) -> str:
        """Words of the spelled-out text as they were typed; words that are not in it come back as they are."""
        if self.text == self._original or words in self._original:
            return words
        place = self.text.find(words)
        if place < 0 or not words:
            return words
        return self._original[self._before(place, end=False) : self._before(place + len(words), end=True)]

    def _before(self, place: int, *, end: bool) -> int:
        """An offset in the original; inside a replaced word, that word's beginning or end."""
        number = bisect_right(self._starts, place - end) - 1
        start, stop, low, high = self._stretches[max(number, 0)]
        if high - low == stop - start and self.text[start:stop] == self._original[low:high]:
            return low + place - start
        return high if end else low


def spelled_out(message: str) -> Spelled:
    """The message with short forms written out and fillers blotted out."""
    text, stretches, at = "", list[tuple[int, int, int, int]](), 0
    for start, end, value in _found(message):
        if start < at:
            continue
        for piece, high in ((message[at:start], start), (value, end)):
            low = at if high == start else start
            if piece:
                stretches.append((len(text), len(text) + len(piece), low, high))
            text += piece
        at = end
    if at < len(message):
        stretches.append((len(text), len(text) + len(message) - at, at, len(message)))
    text += message[at:]
    return Spelled(text, message, tuple(start for start, *_ in stretches), tuple(stretches))


def _found(message: str) -> list[tuple[int, int, str]]:
    """Each short form with its value, in the order of the message."""
    regex, values = _table()
    found = [(match.start(), match.end(), values[match[0]]) for match in regex.finditer(message)]
    for pattern, value in _rules():
        found += [(match.start(), match.end(), value(match)) for match in pattern.finditer(message)]
    return sorted(found)


@cache
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    table = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    values = {short: value for value, shorts in table["words"].items() for short in shorts}
    # A sentence may begin with one; shorter ones may be names there ("Rec", "Def").
    values |= {short.capitalize(): value[0].upper() + value[1:] for short, value in values.items() if len(short) > 3}
    values |= {"Im": "I'm", "Ive": "I've", "Pls": "Please", "Plz": "Please", "Thx": "Thanks", "Idk": "I don't know"}
    values |= {filler: " " * len(filler) for filler in table["fillers"]}
    shorts = alternatives(sorted(values, key=len, reverse=True))
    return re.compile(rf"{_APART[0]}(?:{shorts}){_APART[1]}"), values


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
    return tuple((re.compile(pattern), _replacing(value)) for pattern, value in _PATTERNS)


def _replacing(value: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match.expand(value)
