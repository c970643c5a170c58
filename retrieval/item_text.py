"""The text of an item that is embedded: what it is about first, since the model reads about a hundred words."""

from __future__ import annotations

from retrieval.types import Item

TEXT_VERSION = "1"
"""Goes up with every change of the text below: vectors of two texts must not share an index."""

_PEOPLE_READ = 4
_KEYWORDS_READ = 12


def item_text(item: Item) -> str:
    """Title, genres and keywords, then the description, then who made it."""
    makers = item.credited("director") or item.credited("author") or item.credited("writer")
    people = (*makers[:2], *item.credited("actor"))[:_PEOPLE_READ]
    parts = (
        item.label(),
        ", ".join(item.genres),
        ", ".join(item.keywords[:_KEYWORDS_READ]),
        item.tagline,
        item.description,
        ", ".join(people),
    )
    return ". ".join(part.rstrip(" .") for part in parts if part)
