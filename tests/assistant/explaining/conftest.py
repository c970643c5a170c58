from __future__ import annotations

import pytest

from assistant.state import DialogueState
from ranking.types import Evidence, Parts, Ranked, Ranking
from retrieval.types import Constraints, Credit, Item

NIGHT = Item(
    "a",
    "Night Train",
    1999,
    ("horror", "thriller"),
    (Credit("Ann Reed", "director"), Credit("Bob Stone", "actor")),
    ("train", "time travel"),
    "A conductor finds that the last train to Lisbon never stops.",
    runtime=97,
    language="en",
    rating=7.1,
    votes=1200,
)
DAY = Item(
    "b",
    "It",
    1985,
    ("comedy", "romance"),
    (Credit("Cy Young", "director"),),
    ("wedding",),
    "A wedding in a small town goes wrong when the band does not turn up.",
    runtime=101,
)


@pytest.fixture
def ranking() -> Ranking:
    return Ranking(
        (
            Ranked(
                NIGHT,
                1.0,
                Parts(),
                (Evidence("liked", "Inception", "Inception", 2.0), Evidence("wish", "time travel", "time", 1.0)),
            ),
            Ranked(DAY, 0.5, Parts(), (Evidence("genre", "comedy", "comedy", 1.0),)),
        )
    )


@pytest.fixture
def state() -> DialogueState:
    return DialogueState(
        likes=("x",),
        genres=("comedy",),
        wishes=("time",),
        limits=Constraints(year_to=2000, not_genres=frozenset({"war"})),
    )
