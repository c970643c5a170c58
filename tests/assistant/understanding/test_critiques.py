from __future__ import annotations

import pytest

from assistant.acts import Intent, Slot
from assistant.state import DialogueState
from assistant.understanding.critiques import critiques, forgotten
from assistant.understanding.vocabulary import load_vocabulary
from retrieval.catalog import Catalog

SHOWN = ("matrix", "inception", "alien")


def bounds(slots: list[Slot]) -> list[tuple[str, str, str]]:
    return [(slot.name, slot.operator, slot.value) for slot in slots if slot.operator in (">=", "<=")]


def test_older_is_older_than_what_is_pointed_at_or_than_every_card(catalog: Catalog) -> None:
    assert bounds(critiques("older than that", ("inception",), SHOWN, catalog)) == [("year", "<=", "2009")]
    assert bounds(critiques("something older", (), SHOWN, catalog)) == [("year", "<=", "1978")]
    assert bounds(critiques("newer please", (), SHOWN, catalog)) == [("year", ">=", "2011")]
    assert bounds(critiques("shorter", ("inception",), SHOWN, catalog)) == [("runtime", "<=", "147")]


def test_without_cards_a_critique_bounds_nothing(catalog: Catalog) -> None:
    assert bounds(critiques("older ones", (), (), catalog)) == []


def test_not_so_long_bounds_without_cards_too(catalog: Catalog) -> None:
    assert bounds(critiques("not so long", (), (), catalog)) == [("runtime", "<=", "120")]
    assert bounds(critiques("not so long", (), ("inception",), catalog)) == [("runtime", "<=", "147")]


@pytest.mark.parametrize(
    "text", ["something like Inception, not too long", "nothing too long", "像《Inception》那样，不要太长"]
)
def test_not_too_long_compares_with_nothing(read, text: str) -> None:
    act = read(text)
    assert bounds([slot for slot in act.slots if slot.name == "runtime"]) == [("runtime", "<=", "120")]
    assert act.intent is Intent.RECOMMEND


def test_a_title_named_beside_a_critique_is_what_it_compares_with(read) -> None:
    said = read("something like Inception but older", ("matrix",)).slots
    assert bounds(list(said)) == [("year", "<=", "2009")]


def test_moods_become_wishes_and_refusals(catalog: Catalog) -> None:
    slots = critiques("lighter and less violent", (), SHOWN, catalog)
    assert ("wish", "=", "light-hearted") in [(slot.name, slot.operator, slot.value) for slot in slots]
    assert {slot.value for slot in slots if slot.operator == "not"} == {"violence", "gore"}


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("forget the year", "year"),
        ("the year doesn't matter", "year"),
        ("any year is fine", "year"),
        ("年份无所谓", "year"),
        ("drop the genre", "genre"),
        ("I don't care about the runtime", "runtime"),
    ],
)
def test_what_is_taken_back(message: str, name: str) -> None:
    assert [(slot.name, slot.operator) for slot in forgotten(message, load_vocabulary(), frozenset())] == [
        (name, "forget")
    ]


def test_fine_takes_a_refusal_back_only_where_there_was_one() -> None:
    vocabulary = load_vocabulary()
    assert [slot.value for slot in forgotten("horror is fine", vocabulary, frozenset({"horror"}))] == ["horror"]
    assert forgotten("horror is fine", vocabulary, frozenset()) == []
    assert [slot.value for slot in forgotten("horror is fine after all", vocabulary, frozenset())] == ["horror"]


@pytest.mark.parametrize(
    "message", ["forget Tom Hanks", "actually never mind Tom Hanks", "Tom Hanks is fine after all"]
)
def test_a_person_is_taken_back_by_name(read, message: str) -> None:
    assert [(slot.operator, slot.value) for slot in read(message).slots] == [("forget", "Tom Hanks")]


def test_a_refused_person_who_is_fine_is_refused_no_more(read) -> None:
    refusing = DialogueState().apply(read("no Tom Hanks"))
    assert refusing.limits.not_people == {"Tom Hanks"}
    assert refusing.apply(read("Tom Hanks is ok", state=refusing)).limits.not_people == frozenset()
    assert [slot.operator for slot in read("don't forget Tom Hanks").slots] == ["="]
