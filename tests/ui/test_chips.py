"""Taste as chips: what is held can be taken away, softened and added."""

import pytest

from assistant.state import DialogueState
from retrieval.catalog import Catalog
from retrieval.types import Constraints
from tests.ui.fakes import films
from ui.chips import Unreadable, added, chips, find_title, in_the_way, refine
from ui.strings import strings

WORDS = strings("en")
CATALOG = Catalog.from_items(films(12))
FULL = DialogueState(
    likes=("m0", "m9"),
    dislikes=("m7",),
    rejected=("m8",),
    seen=("m6",),
    unknown_likes=("Nonesuch",),
    genres=("thriller",),
    people=("Christopher Nolan",),
    wishes=("mind-bending",),
    limits=Constraints(
        year_from=1990,
        year_to=2015,
        runtime_from=80,
        runtime_to=150,
        genres_any=frozenset({"thriller"}),
        not_genres=frozenset({"horror"}),
        people_any=frozenset({"Christopher Nolan"}),
        not_people=frozenset({"Uwe Boll"}),
        not_keywords=frozenset({"ghost"}),
        languages=frozenset({"en", "fr"}),
        not_languages=frozenset({"de"}),
        countries=frozenset({"US", "GB"}),
    ),
    popularity_bias=-1.0,
)


def test_every_chip_can_be_removed_and_takes_only_itself_away():
    held = chips(FULL, CATALOG, WORDS)
    assert len(held) == 22
    for chip in held:
        left = chips(FULL.apply(refine(chip.remove, "en")), CATALOG, WORDS)
        assert {(one.group, one.label) for one in held} - {(one.group, one.label) for one in left} == {
            (chip.group, chip.label)
        }


def test_a_softened_limit_is_a_wish():
    for chip in chips(FULL, CATALOG, WORDS):
        if not (chip.weaken and chip.limit):
            continue
        left = chips(FULL.apply(refine(chip.weaken, "en")), CATALOG, WORDS)
        assert (chip.group, chip.label) not in {(one.group, one.label) for one in left}
        assert ("wishes", chip.label) in {(one.group, one.label) for one in left}


@pytest.mark.parametrize(
    ("kind", "typed", "group", "label"),
    [
        ("like", "incepton", "likes", "Inception (2010)"),
        ("dislike", "Notting hill", "dislikes", "Notting Hill (1999)"),
        ("seen", "memento", "seen_list", "Memento (2000)"),
        ("genre", "sci-fi", "limits", "science fiction"),
        ("not_genre", "horror", "limits", "no horror"),
        ("person", "ridley scott", "limits", "Ridley Scott"),
        ("wish", "  slow   and sad ", "wishes", "slow and sad"),
        ("from", "1990", "limits", "from 1990"),
        ("to", "2001", "limits", "up to 2001"),
        ("runtime", "100", "limits", "at most 100 min"),
    ],
)
def test_what_is_typed_becomes_a_chip(kind, typed, group, label):
    state = DialogueState().apply(refine(added(kind, typed, CATALOG), "en"))
    assert (group, label) in {(chip.group, chip.label) for chip in chips(state, CATALOG, WORDS)}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("like", "no such film at all"),
        ("genre", "zzz"),
        ("person", "Nobody"),
        ("from", "soon"),
        ("to", "-5"),
        ("wish", " "),
    ],
)
def test_what_cannot_be_read_is_said(kind, typed):
    with pytest.raises(Unreadable):
        added(kind, typed, CATALOG)


def test_an_empty_title_finds_nothing():
    assert find_title("  !! ", CATALOG) == ""


def test_what_stands_in_the_way_is_one_chip_for_each_limit():
    limits = Constraints(
        year_from=1930, year_to=1939, genres_any=frozenset({"comedy", "crime"}), languages=frozenset({"en", "fr"})
    )
    state = DialogueState(genres=("comedy", "crime"), limits=limits)
    held = {chip.limit: chip for chip in in_the_way(state, ("genres_any", "languages", "year_to"), WORDS)}
    assert {limit: chip.label for limit, chip in held.items()} == {
        "genres_any": "comedy, crime",
        "languages": "English, French",
        "year_to": "up to 1939",
    }
    left = state
    for chip in held.values():
        left = left.apply(refine(chip.remove, "en"))
    assert left.limits == Constraints(year_from=1930)
    assert len(in_the_way(state, (), WORDS)) == 4, "only all together stand in the way"
    assert in_the_way(state, ("exclude",), WORDS) == ()


@pytest.mark.parametrize(("group", "after"), [("likes", "seen"), ("dislikes", "rejected")])
def test_a_title_that_is_softened_stays_out_and_weighs_nothing(group, after):
    state = DialogueState(likes=("m0",), dislikes=("m7",))
    chip = next(chip for chip in chips(state, CATALOG, WORDS) if chip.group == group)
    left = state.apply(refine(chip.weaken, "en"))
    assert getattr(left, group) == ()
    assert getattr(left, after) == getattr(state, group)
