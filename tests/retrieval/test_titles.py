from __future__ import annotations

import pytest

from retrieval.aliases import load_aliases
from retrieval.catalog import Catalog
from retrieval.titlekeys import canonical, head, tail
from retrieval.titles import TitleLinker
from retrieval.types import Item


def film(item_id: str, title: str, year: int, votes: int = 1000) -> Item:
    return Item(item_id, title, year, votes=votes)


FILMS = (
    film("gf1", "The Godfather", 1972, 6000),
    film("gf2", "The Godfather: Part II", 1974, 4000),
    film("lotr1", "The Lord of the Rings: The Fellowship of the Ring", 2001, 9000),
    film("lotr2", "The Lord of the Rings: The Two Towers", 2002, 8000),
    film("h78", "Halloween", 1978, 900),
    film("h07", "Halloween", 2007, 700),
    film("av", "Avatar", 2009, 12000),
    film("av2", "Avatar", 2004, 3),
    film("inc", "Inception", 2010, 13000),
    film("se7", "Se7en", 1995, 5600),
    film("sm2", "Spider-Man 2", 2004, 4000),
    film("r4", "Rocky IV", 1985, 800),
    film("fan", "The Fan", 1996, 100),
    film("br", "Blade Runner", 1982, 3500),
    film("300", "300", 2006, 5000),
)


@pytest.fixture(scope="module")
def linker() -> TitleLinker:
    return TitleLinker(Catalog.from_items(FILMS))


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("the godfather", "gf1"),
        ("Godfather part 2", "gf2"),
        ("the godfather 2", "gf2"),
        ("Godfather II", "gf2"),
        ("lord of the rigns", "lotr1"),
        ("LOTR", "lotr1"),
        ("fellowship of the ring", "lotr1"),
        ("the two towers", "lotr2"),
        ("the Lord of the Rings trilogy", "lotr1"),
        ("inseption", "inc"),
        ("Inception (2010)", "inc"),
        ("seven", "se7"),
        ("spiderman 2", "sm2"),
        ("rocky 4", "r4"),
        ("Avatar", "av"),
        ("《盗梦空间》", "inc"),
        ("教父2", "gf2"),
        ("Halloween (1978)", "h78"),
    ],
)
def test_links(linker: TitleLinker, text: str, item_id: str) -> None:
    assert linker.link(text).item_id == item_id


@pytest.mark.parametrize(
    "text", ["", "rocky 5", "the weather", "Halloween (2018)", "godfather part 7", "sev", "zzzzzzzz", "《没有这部》"]
)
def test_does_not_link_what_it_does_not_have(linker: TitleLinker, text: str) -> None:
    assert linker.link(text).item_id is None


def test_namesakes_are_a_doubt_until_a_year_is_given(linker: TitleLinker) -> None:
    link = linker.link("halloween")
    assert (link.item_id, link.alternatives) == (None, ("h78", "h07"))
    assert linker.link("halloween", 2007).item_id == "h07"


def test_a_year_that_no_namesake_has_is_never_ignored(linker: TitleLinker) -> None:
    link = linker.link("Halloween", 2018)
    assert link.item_id is None
    assert set(link.alternatives) == {"h78", "h07"}


def test_find_gives_spans_without_overlaps(linker: TitleLinker) -> None:
    message = "I liked The Godfather part 2, inception and Se7en (1995) more than LOTR"
    found = linker.find(message)
    assert [mention.link.item_id for mention in found] == ["gf2", "inc", "se7", "lotr1"]
    assert all(message[mention.start : mention.end] == mention.text for mention in found)
    assert [mention.year for mention in found] == [None, None, 1995, None]


def test_an_article_belongs_to_the_title_or_is_left_out(linker: TitleLinker) -> None:
    assert [mention.text for mention in linker.find("I am a fan of the godfather")] == ["fan", "the godfather"]
    assert [mention.text for mention in linker.find("the Halloween film")] == ["Halloween"]


def test_a_well_known_title_that_the_catalog_lacks_is_a_title_and_no_other(linker: TitleLinker) -> None:
    (mention,) = linker.find("loved knives out so much")
    assert (mention.text, mention.link.item_id, mention.link.kind, mention.link.year) == (
        "knives out",
        None,
        "elsewhere",
        2019,
    )
    assert linker.link("Knives Out (2003)").item_id is None


def test_a_number_behind_a_title_makes_it_another(linker: TitleLinker) -> None:
    assert linker.find("I liked Blade Runner 2077") == ()
    assert [mention.link.item_id for mention in linker.find("Blade Runner 1982")] == ["br"]


def test_keys() -> None:
    assert canonical("The Godfather: Part II") == canonical("godfather 2") == "godfather 2"
    assert canonical("Ocean’s Eleven") == canonical("oceans eleven")
    assert head("Harry Potter and the Half-Blood Prince") == "harry potter"
    assert tail("Star Wars: Episode V - The Empire Strikes Back") != ""
    assert (head("Alien"), tail("Alien")) == ("", "")


def test_the_alias_table_has_whole_rows() -> None:
    aliases = load_aliases()
    assert len(aliases) > 600
    assert all(alias.alias and alias.title and alias.year for alias in aliases)
    assert len({(alias.alias, alias.title, alias.year) for alias in aliases}) == len(aliases)


def test_a_film_of_a_series_by_its_place(linker: TitleLinker) -> None:
    assert [mention.link.item_id for mention in linker.find("I loved the second lord of the rings")] == ["lotr2"]
    assert [mention.link.item_id for mention in linker.find("the first godfather")] == ["gf1"]


def test_a_piece_of_one_title_names_it(linker: TitleLinker) -> None:
    piece = TitleLinker(
        Catalog.from_items(
            [
                Item(id="django", title="Django Unchained", votes=10),
                Item(id="blair", title="The Blair Witch Project", votes=10),
                Item(id="purple", title="Purple Violets", votes=10),
            ]
        )
    )
    assert [mention.link.item_id for mention in piece.find("django and blair witch")] == ["django", "blair"]
    assert piece.find("I loved The Purple Lighthouse") == ()
    assert piece.link("fjango").item_id is None  # a wrong first letter makes another word


def test_several_films_of_a_series_by_their_numbers(linker: TitleLinker) -> None:
    assert [mention.link.item_id for mention in linker.find("the godfather 1 and 2")] == ["gf1", "gf2"]
    assert [mention.link.item_id for mention in linker.find("godfather 1-2 please")] == ["gf1", "gf2"]


def test_a_whole_series_by_the_number_of_its_films(linker: TitleLinker) -> None:
    for message in ("both lord of the rings movies", "the lord of the rings films (both)"):
        (mention,) = linker.find(message)
        assert (mention.link.item_id, mention.link.more) == ("lotr1", ("lotr2",))
    (mention,) = linker.find("all three lord of the rings movies")
    assert not mention.link.more


def test_another_year_is_another_film(linker: TitleLinker) -> None:
    assert linker.link("The Lord of the Rings (1978)").item_id is None
    assert linker.link("The Lord of the Rings (1978)").kind == "elsewhere"
    assert linker.find("nothing after 2012") == ()


def test_a_series_and_its_part_are_one_name(linker: TitleLinker) -> None:
    (mention,) = linker.find("lotr the two towers")
    assert (mention.text, mention.link.item_id) == ("lotr the two towers", "lotr2")
