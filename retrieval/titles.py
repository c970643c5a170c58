"""Titles that people type: find them in a message, and link them to the catalog with typos tolerated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.linking import Link, Links, Mention
from retrieval.titlespans import TitleSpans

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

__all__ = ["Link", "Mention", "TitleLinker"]


class TitleLinker:
    """Links what people type to items of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._links = Links(catalog)
        self._spans = TitleSpans(catalog, self._links)

    def link(self, text: str, year: int | None = None) -> Link:
        """The item that a typed title means; a year behind it, or given apart, chooses between namesakes."""
        return self._links.link(text, year)

    def title(self, link: Link) -> str:
        """The catalog's title for a link, of alternatives the first; "" where it has none."""
        return self._links.title(link)

    def find(self, message: str) -> tuple[Mention, ...]:
        """Every span that names an item exactly (or by alias, head or part), longest first, without overlaps.

        Words that are also titles are found too: whether one is meant is for the reader of the message to judge.
        """
        return self._spans.find(message)
