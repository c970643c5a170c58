"""Cut a streamed text into the lines and sentences of the cards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NUMBERED = re.compile(r"^[\s*#-]*(\d{1,2})[.):、：\]]\s*")
_END = re.compile(r"(?<=[.!?])[\"”')]*\s+(?=[A-Z“\"‘])|(?<=[。！？])[”’》]*")
# A full stop after these does not end a sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Jr|Sr|St|vs|vol|No)|\b[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of the stream; `place` is the number the model wrote before its line, else the line's, from 0."""

    text: str
    place: int


def pieces(stream: Iterable[str]) -> Iterator[Piece]:
    """The sentences of a streamed text, each as soon as it is complete. Closing it leaves the stream to its owner."""
    buffer, place = "", -1
    for text in stream:
        buffer += text
        while "\n" in buffer:
            line, buffer = buffer.split("\n", 1)
            found, place = _line(line, place)
            yield from found
    found, _ = _line(buffer, place)
    yield from found


def _line(line: str, before: int) -> tuple[list[Piece], int]:
    """The sentences of a line, and its place; `before` is the place of the line before."""
    place = before + 1
    if numbered := _NUMBERED.match(line):
        place = int(numbered.group(1)) - 1
        line = line[numbered.end() :]
    found = [Piece(sentence, place) for sentence in split(line.replace("**", "").strip())]
    return found, place if found else before


def split(text: str) -> list[str]:
    """The sentences of one line of text."""
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[start : match.start()]):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if re.search(r"\w", sentence)]
