"""A catalog small enough to check by eye."""

from __future__ import annotations

import pytest

from retrieval.catalog import Catalog
from retrieval.types import Credit, Item

ITEMS = (
    Item(
        id="matrix",
        title="The Matrix",
        year=1999,
        genres=("action", "science fiction"),
        people=(Credit("Lana Wachowski", "director"), Credit("Keanu Reeves", "actor")),
        keywords=("virtual reality", "dystopia"),
        description="A hacker learns that the world is a simulation.",
        runtime=136,
        language="en",
        countries=("United States of America",),
        rating=8.1,
        votes=9000,
    ),
    Item(
        id="amelie",
        title="Amélie",
        year=2001,
        genres=("comedy", "romance"),
        people=(Credit("Jean-Pierre Jeunet", "director"), Credit("Audrey Tautou", "actor")),
        keywords=("paris", "love"),
        description="A shy waitress in Paris decides to change the lives of those around her.",
        runtime=122,
        language="fr",
        countries=("France", "Germany"),
        aliases=("Le fabuleux destin d'Amélie Poulain",),
        rating=7.8,
        votes=3300,
    ),
    Item(
        id="ring",
        title="The Ring",
        year=2002,
        genres=("horror", "mystery"),
        people=(Credit("Gore Verbinski", "director"), Credit("Naomi Watts", "actor")),
        keywords=("video tape",),
        description="A videotape kills those who watch it seven days later.",
        runtime=115,
        language="en",
        rating=6.6,
        votes=2000,
    ),
    Item(
        id="speed",
        title="Speed",
        year=1994,
        genres=("action", "thriller"),
        people=(Credit("Jan de Bont", "director"), Credit("Keanu Reeves", "actor")),
        description="A bus must not slow down.",
        runtime=116,
        language="en",
        rating=6.8,
        votes=1700,
    ),
    Item(id="lost", title="The Lost Reel", description="Nothing else is known of it."),
)


@pytest.fixture
def items() -> tuple[Item, ...]:
    return ITEMS


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.from_items(ITEMS)
