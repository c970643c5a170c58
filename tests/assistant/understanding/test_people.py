from __future__ import annotations

import pytest

from assistant.understanding.names import short_forms, sound
from assistant.understanding.naming import NameFinder
from assistant.understanding.people import PeopleIndex
from assistant.understanding.studios import spoken_studio
from retrieval.catalog import Catalog
from retrieval.types import Credit, Item


def _films(number: int, *names: tuple[str, str]) -> list[Item]:
    people = tuple(Credit(name, role) for name, role in names)
    start = abs(hash(names)) % 10**6
    return [Item(id=f"{start}-{n}", title=f"Film {start} {n}", people=people) for n in range(number)]


@pytest.fixture(scope="module")
def people() -> NameFinder:
    items = [
        *_films(12, ("Martin Scorsese", "director"), ("Leonardo DiCaprio", "actor"), ("Robert De Niro", "actor")),
        *_films(12, ("Joel Coen", "director"), ("Ethan Coen", "director"), ("Jim Carrey", "actor")),
        *_films(
            8, ("Quentin Tarantino", "director"), ("Leonardo DiCaprio", "actor"), ("Pixar Animation Studios", "studio")
        ),
        *_films(1, ("Pedro Almodóvar", "director"), ("A Film", "studio")),
        *_films(12, ("Jim Carrey", "actor")),
        *_films(6, ("David Lynch", "director"), ("Scarlett Johansson", "actor"), ("Guillermo del Toro", "director")),
        *_films(9, ("Jane Lynch", "actor"), ("Sandra Oh", "actor"), ("James Stewart", "actor")),
        *_films(8, ("Lionsgate", "studio")),
        *_films(12, ("Andy Tennant", "director")),
    ]
    return NameFinder(PeopleIndex(Catalog.from_items(items)))


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("anything with dicapro and scorcese", {"Leonardo DiCaprio", "Martin Scorsese"}),
        ("tarrantino stuff please", {"Quentin Tarantino"}),
        ("jim carey but before 2000", {"Jim Carrey"}),
        ("a coen brothers comedy", {"Joel Coen", "Ethan Coen"}),
        ("the Coens", {"Joel Coen", "Ethan Coen"}),
        ("a film with de niro", {"Robert De Niro"}),
        ("a deniro movie", {"Robert De Niro"}),
        ("anything by Almodovar", {"Pedro Almodóvar"}),
        ("A film about a musician", set()),
        ("pixar please", {"Pixar Animation Studios"}),
        ("a24 horror", {"a24"}),
        ("I walk the dog", set()),
        ("movies directed by scorsese or lynch", {"Martin Scorsese", "David Lynch"}),
        ("Leonardo Di Caprio films", {"Leonardo DiCaprio"}),
        ("films with scarlet johansen", {"Scarlett Johansson"}),
        ("something by guillermo del torro, with monsters", {"Guillermo del Toro"}),
        ("jimmy stewart films", {"James Stewart"}),
        ("Oh, I liked that", set()),
        ("anything from Lionsgate", {"Lionsgate"}),
        ("something with Ana Example", {"Ana Example"}),
    ],
)
def test_names_as_people_type_them(people: NameFinder, message: str, names: set[str]) -> None:
    assert {person.name for person in people.find(message)} == names


def test_what_spellings_of_a_name_share() -> None:
    assert sound("scorcese") == sound("scorsese")
    assert sound("carrel") == sound("carell")
    assert sound("scott") != sound("stone")
    assert {"samuel jackson", "sam jackson"} <= short_forms("samuel l jackson")
    assert "robert downey" in short_forms("robert downey jr")


def test_who_is_credited_nowhere_is_not_listed(people: NameFinder) -> None:
    assert [person.listed for person in people.find("something with Ana Example")] == [False]


def test_a_studio_that_no_item_credits_is_not_listed(people: NameFinder) -> None:
    assert [person.listed for person in people.find("a24 or pixar")] == [False, True]


def test_studios_are_named_as_people_say() -> None:
    assert spoken_studio("Pixar Animation Studios", "pixar") == "pixar"
    assert spoken_studio("Pixar Animation Studios", "皮克斯") == "Pixar"
    assert spoken_studio("Studio Ghibli", "ghibli") == "Studio Ghibli"


def test_a_joining_word_is_no_misspelt_first_name(people: NameFinder) -> None:
    assert people.find("I loved Parasite and Tenet") == ()
    assert [person.name for person in people.find("films by andi tenant")] == ["Andy Tennant"]
