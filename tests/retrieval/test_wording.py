from __future__ import annotations

import pytest

from retrieval.catalog import Catalog
from retrieval.types import Constraints, Item

CATALOG = Catalog.from_items(
    [
        Item("a", "Lights Out", keywords=("ghost story",)),
        Item("b", "The Ghosts of Home", description="A family moves."),
        Item("c", "Ghosted", description="He never calls back."),
        Item("d", "Rain", description="Two friends, a time-travel machine and 鬼魂."),
    ]
)


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("ghost", {"c", "d"}),
        ("Ghosts", {"c", "d"}),
        ("families", {"a", "c", "d"}),
        ("time travel", {"a", "b", "c"}),
        ("鬼魂", {"a", "b", "c"}),
        ("(", {"a", "b", "c", "d"}),
        ("nothing of the kind", {"a", "b", "c", "d"}),
    ],
)
def test_a_refused_word_takes_out_what_says_it(word: str, left: set[str]) -> None:
    mask = CATALOG.allowed(Constraints(not_keywords=frozenset({word})))
    assert {item_id for item_id, kept in zip(CATALOG.ids, mask, strict=True) if kept} == left
