"""The MovieLens small ratings, joined with a catalog by title and year."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd

from retrieval.catalog import Catalog
from retrieval.restricted_pickle import read_table
from retrieval.text import title_key, title_variants

_COLUMNS = ("movieId", "title", "year", "userId", "rating", "timestamp")
_YEARS_APART = 1


def read_movielens(path: Path, catalog: Catalog) -> pd.DataFrame:
    """The ratings of the movies that the catalog holds: `user_id`, `item_id`, `rating` (.5 to 5), `timestamp`.

    `path` is the xz-compressed pickle of the R package dslabs (100,004 ratings, 2016 edition). Raises ValueError
    when it lacks a column.
    """
    ratings = read_table(path)
    missing = [name for name in _COLUMNS if name not in ratings.columns]
    if missing:
        raise ValueError(f"{path}: missing column(s) {', '.join(missing)}; is this the MovieLens file?")
    movies = ratings[["movieId", "title", "year"]].drop_duplicates("movieId").dropna()
    linked = link_titles(
        catalog, dict(zip(movies["movieId"], zip(movies["title"], movies["year"], strict=True), strict=True))
    )
    joined = pd.DataFrame(
        {
            "user_id": ratings["userId"].astype(str),
            "item_id": ratings["movieId"].map(linked),
            "rating": ratings["rating"].astype("float32"),
            "timestamp": ratings["timestamp"].astype("int64"),
        }
    ).dropna(subset=["item_id"])
    # MovieLens lists a few movies twice; a person's latest word on a movie counts.
    latest = joined.sort_values("timestamp", kind="stable").drop_duplicates(["user_id", "item_id"], keep="last")
    return latest.sort_index().reset_index(drop=True)


def link_titles(catalog: Catalog, titles: dict[int, tuple[str, float]]) -> dict[int, str]:
    """The catalog id for each (title, year) that is found there, its year no more than one away.

    The title itself goes before the alternatives in parentheses, the same year before a neighbour, more votes first.
    """
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row in range(len(catalog)):
        for title in (catalog.titles[row], *catalog.aliases[row]):
            rows_of[title_key(title)].append(row)
    linked = {}
    for other_id, (title, year) in titles.items():
        found = (
            (abs(catalog.years[row] - year), place, -catalog.votes[row], row)
            for place, variant in enumerate(title_variants(title))
            for row in rows_of.get(title_key(variant), ())
        )
        near = [match for match in found if match[0] <= _YEARS_APART]
        if near:
            linked[other_id] = catalog.ids[min(near)[3]]
    return linked
