from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from retrieval.readers import read_interactions, read_items
from retrieval.tables import ReadProblem
from retrieval.types import Credit


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_lists_are_separated_by_bars(tmp_path: Path) -> None:
    path = write(
        tmp_path / "items.csv", "Id,Title,Year,Genres,directors,cast\n1,Heat,1995,Crime|Drama,Michael Mann,Al Pacino|\n"
    )
    (item,) = read_items(path).items
    assert (item.id, item.title, item.year, item.genres) == ("1", "Heat", 1995, ("crime", "drama"))
    assert item.people == (Credit("Michael Mann", "director"), Credit("Al Pacino", "actor"))


def test_jsonl_in_the_redial_form(tmp_path: Path) -> None:
    records = [
        {
            "id": "r1",
            "title": "Pari",
            "year": 1995,
            "genres": ["drama"],
            "directors": ["D M"],
            "cast": [],
            "imdb_id": "x",
        },
        {"id": "r2", "title": "", "year": None, "genres": []},
    ]
    path = write(tmp_path / "catalog.jsonl", "\n".join(map(json.dumps, records)))
    first, second = read_items(path).items
    assert first.people == (Credit("D M", "director"),)
    assert (second.title, second.year) == ("r2", None)


def test_books_with_other_column_names(tmp_path: Path) -> None:
    header = "book_id,authors,original_publication_year,original_title,title,language_code,average_rating,ratings_count"
    path = write(
        tmp_path / "books.csv", f'{header}\n7,"J.R.R. Tolkien, C. Tolkien",-720.0,Hobbit,The Hobbit,en-US,4.25,10\n'
    )
    (book,) = read_items(path).items
    assert book.credited("author") == ("J.R.R. Tolkien", "C. Tolkien")
    assert (book.year, book.language, book.rating, book.votes, book.aliases) == (-720, "en", 8.5, 10, ("Hobbit",))


def test_parquet_keeps_lists_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    frame = {"id": [1, 2], "title": ["A", "B"], "year": [1999.0, None], "genres": [["Drama"], None]}
    pd.DataFrame({**frame, "people": [[{"name": "P", "role": "writer"}], None]}).to_parquet(path)
    first, second = read_items(path).items
    assert (first.id, first.year, first.genres, first.people) == ("1", 1999, ("drama",), (Credit("P", "writer"),))
    assert (second.year, second.genres) == (None, ())


BAD = "id,title,year,rating\n1,A,1999,5\n1,B,2000,5\n2,C,soon,5\n3,D,2000,11\n,E,2000,5\n4,F,12345,5\n5,G\n6,H,2001,7\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (3, "the id '1' was already used in row 2"),
        (4, "year 'soon' is not a number"),
        (5, "rating '11' is not between 0 and 10"),
        (6, "no id"),
        (7, "year '12345' is not a year"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, row: int, reason: str) -> None:
    path = write(tmp_path / "items.csv", BAD)
    with pytest.raises(ReadProblem, match="--skip-bad") as caught:
        read_items(path)
    assert f"{path}, row {row}: {reason}" in str(caught.value)


def test_skip_bad_loads_the_rest_and_reports(tmp_path: Path) -> None:
    read = read_items(write(tmp_path / "items.csv", BAD), skip_bad=True)
    assert [item.title for item in read.items] == ["A", "H"]
    assert [line.split("row ")[1].split(":")[0] for line in read.skipped] == ["3", "4", "5", "6", "7", "8"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("items.csv", "title,year\nA,1999\n", "missing column.*id"),
        ("items.csv", "", "no item"),
        ("items.jsonl", '{"id": 1}\n', "row 1: no title"),
        ("items.jsonl", '{"id": 1, "title": "A"}\n[1]\n', "row 2: not a JSON object"),
        ("items.jsonl", "{nope\n", "row 1: not JSON"),
        ("items.jsonl", '{"id": 1, "title": {"a": 1}}\n', "row 1: .*is not text"),
        ("items.jsonl", '{"id": 1, "title": "A", "genres": 3}\n', "row 1: '3' is not a list"),
        ("items.parquet", "not parquet", "not a Parquet file"),
        ("items.xlsx", "", r"\.jsonl, \.csv, \.parquet"),
    ],
)
def test_files_that_are_no_catalog(tmp_path: Path, name: str, content: str, reason: str) -> None:
    with pytest.raises(ReadProblem, match=reason):
        read_items(write(tmp_path / name, content))


def test_missing_files_and_other_encodings(tmp_path: Path) -> None:
    with pytest.raises(ReadProblem, match="no such file"):
        read_items(tmp_path / "items.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes("id,title\n1,Amélie\n".encode("latin-1"))
    with pytest.raises(ReadProblem, match="UTF-8"):
        read_items(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", "userId,movieId,rating,timestamp\n1,10,4.0,964982703\n"),
        ("r.jsonl", '{"user_id": "1", "item_id": "10", "rating": 4, "timestamp": "2000-07-30T18:45:03Z"}\n'),
    ],
)
def test_interactions(tmp_path: Path, name: str, content: str) -> None:
    frame = read_interactions(write(tmp_path / name, content)).frame
    assert frame.to_dict("records") == [{"user_id": "1", "item_id": "10", "rating": 4.0, "timestamp": 964982703}]


RATINGS = "user_id,item_id,rating\n1,a,4\n1,b,nan\n,c,3\n2,,3\n2,d,-1\n2,e,five\n3,f\n3,g,0.5\n"


def test_bad_interactions_are_named_or_skipped(tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", RATINGS)
    with pytest.raises(ReadProblem, match=r"row 3: the rating.*\n.*row 4: no user_id(.*\n)*.*1 more"):
        read_interactions(path)
    read = read_interactions(path, skip_bad=True)
    assert read.frame["item_id"].tolist() == ["a", "g"]
    assert len(read.skipped) == 6


@pytest.mark.parametrize("content", ["", "user_id,item_id,rating\n"])
def test_empty_interactions_are_an_error_that_says_what_to_do(tmp_path: Path, content: str) -> None:
    with pytest.raises(ReadProblem, match="leave --interactions out"):
        read_interactions(write(tmp_path / "r.csv", content))


@pytest.mark.parametrize("content", ["user_id,item_id\n1,a\n1,b\n", "user_id,item_id,rating\n1,a,\n1,b,\n"])
def test_interactions_without_ratings_are_likes_and_that_is_said(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    frame = read_interactions(write(tmp_path / "r.csv", content)).frame
    assert frame["rating"].tolist() == [1.0, 1.0]
    assert "each of its rows counts as a like" in caplog.text


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadProblem, match="missing column item_id"):
        read_interactions(write(tmp_path / "r.csv", "user_id,rating\n1,2\n"))


def test_a_column_of_blank_timestamps_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("user_id,item_id,rating,timestamp\nu,a,4,\nu,b,5,\n")
    read = read_interactions(path)
    assert len(read.frame) == 2
    assert "timestamp" not in read.frame
