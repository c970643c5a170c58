from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog import Catalog
from retrieval.types import Constraints, Credit, Item


def allowed_ids(catalog: Catalog, exclude: tuple[str, ...] = (), **constraints: object) -> set[str]:
    mask = catalog.allowed(Constraints(**constraints), exclude)  # type: ignore[arg-type]
    return {catalog.ids[row] for row in np.flatnonzero(mask)}


def test_items_come_back_as_they_went_in(catalog: Catalog, items: tuple[Item, ...], tmp_path: Path) -> None:
    catalog.save(tmp_path)
    loaded = Catalog.load(tmp_path)
    assert loaded.items(range(len(loaded))) == items
    assert loaded.get("amelie") == items[1]
    assert loaded.get("nobody") is None
    assert loaded.row("ring") == 2
    assert loaded.rows(["speed", "nobody", "matrix"]).tolist() == [3, 0]
    with pytest.raises(KeyError):
        loaded.row("nobody")
    with pytest.raises(IndexError):
        loaded.item(-1)


def test_a_missing_catalog_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="concierge setup"):
        Catalog.load(tmp_path)


def test_ids_must_be_unique() -> None:
    with pytest.raises(ValueError, match="'a'"):
        Catalog.from_items([Item("a", "A"), Item("b", "B"), Item("a", "C")])


def test_an_empty_catalog_works(tmp_path: Path) -> None:
    empty = Catalog.from_items([])
    empty.save(tmp_path)
    assert len(Catalog.load(tmp_path)) == 0
    assert empty.allowed(Constraints(genres_any=frozenset({"drama"})), {"x"}).shape == (0,)


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ({}, {"matrix", "amelie", "ring", "speed", "lost"}),
        ({"year_from": 1999, "year_to": 2001}, {"matrix", "amelie"}),
        ({"runtime_to": 116}, {"ring", "speed"}),
        ({"genres_any": frozenset({"Sci-Fi", "horror"})}, {"matrix", "ring"}),
        ({"not_genres": frozenset({"scifi", "romance"})}, {"ring", "speed", "lost"}),
        ({"people_any": frozenset({"KEANU reeves"})}, {"matrix", "speed"}),
        ({"not_people": frozenset({"audrey tautou", "Keanu Reeves"})}, {"ring", "lost"}),
        ({"not_keywords": frozenset({"Virtual Reality"})}, {"amelie", "ring", "speed", "lost"}),
        ({"languages": frozenset({"fr"})}, {"amelie"}),
        ({"not_languages": frozenset({"en"})}, {"amelie", "lost"}),
        ({"countries": frozenset({"germany"})}, {"amelie"}),
        ({"genres_any": frozenset({"opera"})}, set()),
        ({"exclude": ("matrix", "unknown id")}, {"amelie", "ring", "speed", "lost"}),
    ],
)
def test_constraints_are_filters(catalog: Catalog, constraints: dict[str, object], expected: set[str]) -> None:
    assert allowed_ids(catalog, **constraints) == expected  # type: ignore[arg-type]


def test_extending_replaces_in_place_and_appends(catalog: Catalog) -> None:
    newer = [Item("speed", "Speed 2", year=1997, genres=("action",)), Item("heat", "Heat", year=1995)]
    extended = catalog.extended(newer)
    assert extended.ids == (*catalog.ids, "heat")
    assert extended.item(3).title == "Speed 2"
    assert allowed_ids(extended, people_any=frozenset({"keanu reeves"})) == {"matrix"}
    assert catalog.item(3).title == "Speed"


def test_masks_of_some_rows_are_those_of_all_at_these_rows(catalog: Catalog) -> None:
    rows = np.arange(len(catalog))[::-2]
    for mask, names in (
        (catalog.genre_mask, ("action", "drama", "no such genre")),
        (catalog.people_mask, ("Keanu Reeves", "nobody")),
        (catalog.keyword_mask, ("dystopia",)),
    ):
        assert mask(names, rows).tolist() == mask(names)[rows].tolist()
        assert mask(names).any()
        assert mask((), rows).tolist() == [False] * len(rows)


def test_a_mask_that_was_handed_out_may_be_changed(catalog: Catalog) -> None:
    first = catalog.allowed(Constraints(year_from=1900))
    first[:] = False
    assert catalog.allowed(Constraints(year_from=1900)).any()


def test_postings_count_and_name_values(catalog: Catalog) -> None:
    assert catalog.people.names[0] == "Keanu Reeves"
    assert catalog.people.count("keanu reeves") == 2
    assert catalog.genres.rows("ACTION").tolist() == [0, 3]
    assert "nobody" not in catalog.people
    assert catalog.genre("sci fi") == "science fiction"
    rows, codes = catalog.genres.entries()
    assert {(int(row), catalog.genres.names[code]) for row, code in zip(rows, codes, strict=True)} == {
        (row, genre) for row, item in enumerate(catalog.items(range(len(catalog)))) for genre in item.genres
    }


NAMES = st.sampled_from(["Zoë", "ZOE", "ana b.", "Ana B", "Łukasz", "drama", "horror", "Western"])
LISTS = st.lists(NAMES, max_size=3).map(tuple)
YEARS = st.none() | st.integers(1990, 1996)
ITEM = st.builds(
    Item,
    id=st.just(""),
    title=st.just("T"),
    year=YEARS,
    runtime=YEARS,
    genres=LISTS,
    people=st.lists(st.builds(Credit, NAMES, st.just("actor")), max_size=3).map(tuple),
    keywords=LISTS,
    language=st.sampled_from([None, "en", "fr"]),
    countries=LISTS,
)
SETS = st.frozensets(NAMES, max_size=2)
CODES = st.frozensets(st.sampled_from(["en", "fr"]))
CONSTRAINTS = st.builds(
    Constraints,
    year_from=YEARS,
    year_to=YEARS,
    runtime_from=YEARS,
    runtime_to=YEARS,
    genres_any=SETS,
    not_genres=SETS,
    people_any=SETS,
    not_people=SETS,
    not_keywords=SETS,
    languages=CODES,
    not_languages=CODES,
    countries=SETS,
)
SAME = {"Zoë": "zoe", "ZOE": "zoe", "ana b.": "anab", "Ana B": "anab", "Łukasz": "lukasz"}


def same(names: object) -> set[str]:
    return {SAME.get(name, name.lower()) for name in names}  # type: ignore[attr-defined]


def breaks(item: Item, limits: Constraints) -> bool:
    """The reference: what the constraints mean for one item, without any arrays."""
    for value, low, high in (
        (item.year, limits.year_from, limits.year_to),
        (item.runtime, limits.runtime_from, limits.runtime_to),
    ):
        if low is not None and (value is None or value < low):
            return True
        if high is not None and (value is None or value > high):
            return True
    genres, people, keywords = same(item.genres), same(c.name for c in item.people), same(item.keywords)
    return bool(
        (limits.genres_any and not genres & same(limits.genres_any))
        or (limits.people_any and not people & same(limits.people_any))
        or genres & same(limits.not_genres)
        or people & same(limits.not_people)
        or keywords & same(limits.not_keywords)
        or (limits.languages and item.language not in limits.languages)
        or (item.language in limits.not_languages)
        or (limits.countries and not same(item.countries) & same(limits.countries))
    )


@given(st.lists(ITEM, max_size=8), CONSTRAINTS, st.sets(st.integers(0, 9)))
def test_allowed_is_exactly_what_breaks_no_constraint(
    drawn: list[Item], limits: Constraints, excluded: set[int]
) -> None:
    items = [Item(**{**{f: getattr(item, f) for f in Item.__slots__}, "id": str(n)}) for n, item in enumerate(drawn)]
    mask = Catalog.from_items(items).allowed(limits, {str(n) for n in excluded})
    assert mask.tolist() == [not breaks(item, limits) and n not in excluded for n, item in enumerate(items)]


@pytest.mark.slow
def test_filters_stay_fast_on_a_large_catalog() -> None:
    rng = np.random.default_rng(7)
    names = [f"name {n}" for n in range(500)]
    items = [
        Item(str(n), f"T{n}", year=1950 + n % 70, genres=(names[n % 20],), people=(Credit(names[k], "actor"),))
        for n, k in enumerate(rng.integers(0, 500, 50_000))
    ]
    catalog = Catalog.from_items(items)
    limits = Constraints(year_from=1980, not_genres=frozenset(names[:3]), people_any=frozenset(names[100:110]))
    catalog.allowed(limits, ())
    began = time.perf_counter()
    for _ in range(10):
        catalog.allowed(limits, {"5", "6"})
    assert (time.perf_counter() - began) / 10 < 0.05
