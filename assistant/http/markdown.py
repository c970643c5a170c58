"""Turns as Markdown, for clients that know only text, and the cards read back out of it."""

from __future__ import annotations

import re

from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Word
from retrieval.catalog import Catalog
from retrieval.text import key
from retrieval.types import Item

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~#]|(?<=:)/")
"""What begins markup: emphasis, code, links, images, HTML, tables, headings, and addresses that become links."""

_CARD = re.compile(r"^\d+\\?\. \*\*(?P<title>.+?)\*\*(?: \((?P<year>\d{4})\))?", re.MULTILINE)


def escape(text: str) -> str:
    """Text as text: no character of it is markup. Line breaks become spaces."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


class Transcript:
    """The text of one turn, event by event. `text` is what was sent so far."""

    def __init__(self) -> None:
        self.text = ""
        self._echo = ""
        self._worded = False

    def add(self, event: Event) -> str:
        """The next piece of text, "" when the event has none."""
        piece = self._piece(event)
        self.text += piece
        return piece

    def ending(self, done: Done) -> str:
        """What follows at the end of the turn: the reply where it did not come as words."""
        return "" if self._worded or not done.reply else self._paragraph(escape_lines(done.reply))

    def _piece(self, event: Event) -> str:
        match event:
            case Understood():
                self._echo = event.echo
                return ""
            case Cards():
                return self._cards(event)
            case Word():
                # The reply's words were checked against the facts; what they quote is still only text.
                piece = _SPECIAL.sub(r"\\\g<0>", event.text)
                piece = piece if self._worded else self._paragraph(piece)
                self._worded = True
                return piece
            case Question() | Answer():
                self._worded = True
                return self._paragraph(escape_lines(event.text))
            case Problem():
                self._worded = self._worded or event.kind == "input"
                return self._paragraph(f"*{escape(event.text)}*")
            case _:
                return ""

    def _cards(self, event: Cards) -> str:
        shown = event.ranking.cards
        lines = [_card(number, ranked.item) for number, ranked in enumerate(shown, start=1)]
        parts = [f"*{escape(self._echo)}*" if self._echo else "", "\n".join(lines)]
        text = "\n\n".join(part for part in parts if part)
        return self._paragraph(text) if text else ""

    def _paragraph(self, text: str) -> str:
        return f"\n\n{text}" if self.text else text


def _card(number: int, item: Item) -> str:
    facts = [", ".join(item.genres[:3]), f"{item.runtime} min" if item.runtime else ""]
    year = f" ({item.year})" if item.year else ""
    return " · ".join([f"{number}. **{escape(item.title)}**{year}", *(escape(fact) for fact in facts if fact)])


def escape_lines(text: str) -> str:
    """Text as text, its lines kept."""
    return "\n\n".join(escape(line) for line in text.splitlines() if line.strip())


def cards_in(text: str, catalog: Catalog) -> tuple[str, ...]:
    """The ids of the items that a text in `Transcript`'s form shows; other text shows none."""
    wanted = [(key(_unescape(match["title"])), match["year"]) for match in _CARD.finditer(text)]
    found = []
    for title, year in wanted:
        rows = _rows_titled(title, catalog)
        fitting = [row for row in rows if year is None or str(catalog.item(row).year) == year]
        if fitting:
            found.append(catalog.item(fitting[0]).id)
    return tuple(found)


def _rows_titled(title: str, catalog: Catalog) -> list[int]:
    return [row for row, known in enumerate(catalog.titles) if key(known) == title]
