from __future__ import annotations

import json
import lzma
import os
import pickle
from pathlib import Path

import pandas as pd
import pytest

from retrieval.catalog import Catalog
from retrieval.movielens import link_titles, read_movielens
from retrieval.restricted_pickle import read_table
from retrieval.tmdb import read_tmdb
from retrieval.types import Item

HOME = Path(os.environ.get("CONCIERGE_HOME", Path.home() / ".cache" / "concierge"))
MOVIES = {
    "id": "603",
    "title": "The Matrix",
    "original_title": "The Matrix",
    "genres": json.dumps([{"id": 1, "name": "Action"}, {"id": 2, "name": "Science Fiction"}]),
    "keywords": json.dumps([{"id": 1, "name": "Saving The World"}]),
    "overview": " A hacker. ",
    "tagline": "",
    "release_date": "1999-03-30",
    "runtime": "136.0",
    "original_language": "cn",
    "production_companies": json.dumps([{"name": "Warner"}]),
    "production_countries": json.dumps([{"name": "Australia"}]),
    "vote_average": "7.9",
    "vote_count": "8907",
}
CAST = [{"name": f"Actor {n}", "order": n} for n in (9, 0, 1, 2, 3, 4, 5, 6, 7, 8)]
CREW = [{"name": "L W", "job": "Director"}, {"name": "L W", "job": "Writer"}, {"name": "B P", "job": "Editor"}]


def tmdb_files(folder: Path, **changes: str) -> tuple[Path, Path]:
    movies, credits = folder / "movies.csv", folder / "credits.csv"
    pd.DataFrame([{**MOVIES, **changes}]).to_csv(movies, index=False)
    pd.DataFrame([{"movie_id": "603", "cast": json.dumps(CAST), "crew": json.dumps(CREW)}]).to_csv(credits, index=False)
    return movies, credits


def test_tmdb_rows_become_items(tmp_path: Path) -> None:
    (item,) = read_tmdb(*tmdb_files(tmp_path, original_title="駭客任務"))
    assert (item.id, item.year, item.runtime, item.language) == ("tmdb-603", 1999, 136, "zh")
    assert item.genres == ("action", "science fiction")
    assert item.keywords == ("saving the world",)
    assert item.credited("director") == item.credited("writer") == ("L W",)
    assert item.credited("actor") == tuple(f"Actor {n}" for n in range(8))
    assert item.credited("studio") == ("Warner",)
    assert (item.rating, item.votes, item.aliases, item.countries) == (7.9, 8907, ("駭客任務",), ("Australia",))


def test_what_tmdb_does_not_know_is_unknown(tmp_path: Path) -> None:
    unknown = {"release_date": "", "runtime": "0.0", "vote_average": "0.0", "vote_count": "0", "genres": "[]"}
    (item,) = read_tmdb(*tmdb_files(tmp_path, **unknown))
    assert (item.year, item.runtime, item.rating, item.votes, item.genres) == (None, None, None, 0, ())


def test_another_file_is_named(tmp_path: Path) -> None:
    movies, credits = tmdb_files(tmp_path)
    with pytest.raises(ValueError, match=r"credits\.csv: missing column"):
        read_tmdb(credits, credits)
    with pytest.raises(ValueError, match=r"movies\.csv: missing column"):
        read_tmdb(movies, movies)


FILMS = Catalog.from_items(
    [
        Item("children", "The City of Lost Children", 1995, aliases=("La Cité des enfants perdus",), votes=5),
        Item("old", "Sabrina", 1954, votes=9),
        Item("new", "Sabrina", 1995, votes=1),
        Item("near", "Beauty & the Beast", 2001, votes=1),
        Item("undated", "Sabrina", None, votes=100),
    ]
)


@pytest.mark.parametrize(
    ("title", "year", "expected"),
    [
        ("City of Lost Children, The (Cité des enfants perdus, La)", 1995, "children"),
        ("Cite des Enfants Perdus, La", 1996, "children"),
        ("Sabrina", 1995, "new"),
        ("Sabrina", 1955, "old"),
        ("Sabrina", 1957, None),
        ("Beauty and the Beast", 2000, "near"),
    ],
)
def test_titles_are_joined_by_name_and_year(title: str, year: int, expected: str | None) -> None:
    assert link_titles(FILMS, {7: (title, year)}).get(7) == expected


def pickled(path: Path, value: object) -> Path:
    with lzma.open(path, "wb") as file:
        pickle.dump(value, file)
    return path


class Hostile:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.target),)


def test_a_hostile_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    target = tmp_path / "made by the pickle"
    path = pickled(tmp_path / "bad.xz", Hostile(target))
    with pytest.raises(pickle.UnpicklingError, match="mkdir"):
        read_table(path)
    assert not target.exists()


@pytest.mark.parametrize("name", ["eval", "getattr", "__import__"])
def test_builtins_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.xz"
    with lzma.open(path, "wb") as file:
        file.write(f"cbuiltins\n{name}\n.".encode())
    with pytest.raises(pickle.UnpicklingError, match=name):
        read_table(path)


def test_a_pickle_of_something_else_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(pickle.UnpicklingError, match="holds a list"):
        read_table(pickled(tmp_path / "list.xz", [1]))


@pytest.mark.realdata
def test_the_default_data_joins_as_measured() -> None:
    data = HOME / "data"
    catalog = Catalog.from_items(read_tmdb(data / "tmdb" / "movies.csv", data / "tmdb" / "credits.csv"))
    assert len(catalog) == 4803
    assert {"science fiction", "drama"} <= set(catalog.genres.names)
    ratings = read_movielens(data / "movielens" / "movielens.pkl.compress", catalog)
    assert ratings["item_id"].nunique() >= 3312
    assert len(ratings) / 100_004 >= 0.647
    assert ratings["rating"].between(0.5, 5).all()
    assert not ratings.duplicated(["user_id", "item_id"]).any()
    assert catalog.get("tmdb-603") is not None
    assert (ratings["item_id"] == "tmdb-603").sum() > 200
