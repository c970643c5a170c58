"""Titles that were said count where a recording lists none."""

import pandas as pd
import pytest

from ranking.conversation.cases import Case, Utterance
from ranking.conversation.corpus import build_corpus, to_turn
from ranking.conversation.heard import with_heard
from retrieval.catalog import Catalog
from retrieval.types import Item

FILMS = Catalog.from_items(
    Item(id=title, title=title, year=year)
    for title, year in [
        ("Heat", 1995),
        ("Why Him?", 2016),
        ("Thank You", 2011),
        ("The Return of the King", 2003),
        ("Blade Runner", 1982),
    ]
)


def _heard(*texts: str, mentioned: tuple[str, ...] = ()) -> tuple[str, ...]:
    said = tuple(Utterance("user", text) for text in texts)
    return with_heard([Case("1", "1", said, mentioned, ("Heat",))], FILMS)[0].heard


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("I loved Heat (1995) and Blade Runner", ("Heat", "Blade Runner")),
        ("something like The Return of the King please", ("The Return of the King",)),
        ("thank you! the heat is killing me, why him?", ()),
        ("Thank you for that", ()),
        ("", ()),
    ],
)
def test_only_what_is_written_like_a_title(text: str, titles: tuple[str, ...]) -> None:
    assert _heard(text) == titles


def test_the_order_is_that_of_the_conversation_and_each_counts_once() -> None:
    said = ("Blade Runner", "or Heat (1995)?", "no, Blade Runner and The Return of the King")
    assert _heard(*said) == ("Blade Runner", "Heat", "The Return of the King")


def test_what_the_recording_lists_is_trusted() -> None:
    assert _heard("I loved Blade Runner", mentioned=("Heat",)) == ()


def test_heard_titles_are_named_in_the_turn_and_in_the_corpus() -> None:
    cases = with_heard([Case("1", "1", (Utterance("user", "like Blade Runner"),), (), ("Heat",))], FILMS)
    turn = to_turn(FILMS, cases[0])
    assert turn.mentioned.tolist() == turn.liked.tolist() == [FILMS.row("Blade Runner")]
    assert turn.speakers.tolist() == [2]
    corpus = build_corpus(FILMS, pd.DataFrame({"user_id": [], "item_id": []}), cases)
    assert corpus.dialogs[0].tolist() == [FILMS.row("Blade Runner"), FILMS.row("Heat")]
