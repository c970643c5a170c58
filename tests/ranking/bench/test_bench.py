from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ranking.bench.cold import cold_rows
from ranking.bench.data import read_ratings
from ranking.bench.errors import rating_rows, rating_verdicts
from ranking.bench.ratings import run_protocol, run_ratings_bench
from ranking.bench.report import Row, ratings_table, write_report
from ranking.bench.splits import make_split
from ranking.bench.systems import Implicit, Ours, filled
from ranking.metrics import Estimate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty people who come one after another, fond of one of two kinds of movies."""
    rng = np.random.default_rng(0)
    kinds = ("Comedy|Romance", "Horror|Thriller")
    movies = [{"movieId": n, "title": f"Film {n} ({1990 + n % 20})", "genres": kinds[n % 2]} for n in range(40)]
    ratings = [
        {"userId": u, "movieId": int(m), "rating": 5.0 if (m - u) % 2 == 0 else 1.0, "timestamp": u * 100 + place}
        for u in range(60)
        for place, m in enumerate(rng.permutation(40)[:24])
    ]
    pd.DataFrame(movies).to_csv(tmp_path / "movies.csv", index=False)
    pd.DataFrame(ratings).to_csv(tmp_path / "ratings.csv", index=False)
    return tmp_path


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"ratings\.csv"):
        read_ratings(tmp_path)


@pytest.mark.parametrize("name", ["als", "bpr", "item-knn", "item-knn bm25", "item-knn tfidf"])
@pytest.mark.parametrize("protocol", ["leave-last-out", "temporal-known"])
def test_lists_of_the_other_library_hold_nothing_known(folder: Path, name: str, protocol: str) -> None:
    split = make_split(read_ratings(folder).interactions, protocol)  # type: ignore[arg-type]
    settings = {"signal": "likes"} | ({"factors": 4} if name in {"als", "bpr"} else {"K": 10})
    lists = filled(Implicit(name, ()).recommend(split, [settings], 5)[0], split)
    assert lists.shape == (len(split.trained), 5)
    for person, row in enumerate(lists):
        assert len(set(row)) == 5
        assert not set(row) & set(split.profiles[person].indices)


def test_one_protocol_from_settings_to_report(folder: Path, tmp_path: Path) -> None:
    data = read_ratings(folder)
    contenders = [
        Ours("popular", [{}]),
        Ours("ease", [{"regularisation": 1.0}, {"regularisation": 20.0}]),
        Implicit("item-knn", [{"K": 10, "signal": "likes"}]),
    ]
    results = run_protocol(data, "leave-last-out", contenders)
    found = {result.label: result.estimate("hit rate").mean for result in results}
    assert found["ours hybrid"] > found["ours popular"]
    tables = ratings_table("leave-last-out", results, 10)
    written = write_report(data, tables, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "ratings.json").read_text()) == written
    assert len(written["tables"][0]["verdicts"]) == 7
    page = (tmp_path / "out" / "report.html").read_text()
    assert "ours hybrid" in page
    assert (tmp_path / "out" / "table-1.png").read_bytes().startswith(b"\x89PNG")


def test_one_piece_is_run_and_an_unknown_one_is_named(folder: Path, tmp_path: Path) -> None:
    found = run_ratings_bench(folder, tmp_path, pieces=("errors",))
    assert [table["title"] for table in found["tables"]] == ["Predicting ratings"]
    with pytest.raises(ValueError, match="no piece is called later"):
        run_ratings_bench(folder, tmp_path, pieces=("later",))  # type: ignore[arg-type]


def test_a_model_is_fitted_once_for_a_split_and_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split, system = make_split(read_ratings(folder).interactions, "leave-last-out"), Ours("popular", [{}])
    first = system.recommend(split, [{}], 5)[0]
    monkeypatch.setattr("ranking.bench.systems.fit_scorer", None)
    assert (system.recommend(split, [{}], 5)[0] == first).all()


def test_a_system_of_the_last_likes_reads_nothing_else(folder: Path) -> None:
    split = make_split(read_ratings(folder).interactions, "leave-last-out")
    system = Ours("of the last", [], "item-knn")
    every, last = (system.scores(split, {"neighbours": 10, **more}) for more in ({}, {"last": 1}))
    assert len(system.trained) == 1
    expected = system.trained.popitem()[1][1].score(split.recent(1))
    np.testing.assert_array_equal(last, expected)
    assert (np.nan_to_num(last) != np.nan_to_num(every)).any()


def test_rating_verdicts_know_which_way_is_up() -> None:
    def row(label: str, error: float, accuracy: float) -> Row:
        values = {"RMSE": error, "MAE": error, "accuracy": accuracy}
        return Row(label, {name: Estimate(value, value, value) for name, value in values.items()}, "")

    lines = rating_verdicts([row("ours stacked", 0.8, 0.7), row("theirs a", 0.9, 0.65), row("theirs b", 0.7, 0.6)])
    assert ["behind" in line for line in lines] == [True, True, False]
    assert "theirs a" in lines[2]
    assert rating_verdicts([row("ours stacked", 0.8, 0.7)]) == []


def test_new_people_and_new_items_have_rows_of_their_own(folder: Path) -> None:
    ratings = pd.read_csv(folder / "ratings.csv")
    late = ratings["timestamp"].quantile(0.9)
    # items 38 and 39 come out at the end
    ratings = ratings[(ratings["movieId"] < 38) | (ratings["timestamp"] > late)]
    ratings.to_csv(folder / "ratings.csv", index=False)
    tables = {table.title: table for table in cold_rows(read_ratings(folder), 5)}
    assert list(tables)[:4] == [f"New people, {told} likes known" for told in (0, 1, 3, 5)]
    five = {row.label: row.values["NDCG"].mean for row in tables["New people, 5 likes known"].rows}
    nothing = {row.label: row.values["NDCG"].mean for row in tables["New people, 0 likes known"].rows}
    assert five["ours hybrid"] > five["ours popular"]
    assert nothing["ours ease"] == nothing["ours popular"]  # nothing to go by: the popular fill the list
    assert "2 items" in tables["New items, ranked among themselves"].note


def test_rating_predictors_beat_the_biases(folder: Path) -> None:
    table = rating_rows(read_ratings(folder), None)
    found = {row.label: row.values["RMSE"].mean for row in table.rows}
    assert found["ours stacked"] < found["ours bias only"]
    assert found["ours svd"] < found["ours bias only"]
