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
    """One sentence of the stream; `card` is the number the model wrote before its line, from 0, if it wrote one."""

    text: str
    card: int | None


def pieces(stream: Iterable[str]) -> Iterator[Piece]:
    """The sentences of a streamed text, each as soon as it is complete. Closing it leaves the stream to its owner."""
    buffer, card = "", None
    for text in stream:
        buffer += text
        while "\n" in buffer:
            line, buffer = buffer.split("\n", 1)
            found, card = _line(line, card)
            yield from found
    found, _ = _line(buffer, card)
    yield from found


def _line(line: str, card: int | None) -> tuple[list[Piece], int | None]:
    if numbered := _NUMBERED.match(line):
        card = int(numbered.group(1)) - 1
        line = line[numbered.end() :]
    line = line.replace("**", "").strip()
    return [Piece(sentence, card) for sentence in split(line)], card


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
