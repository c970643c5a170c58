"""What people elsewhere rated, for a catalog that names the same things: linked by title and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ranking.conversation.corpus import Corpus
from ranking.conversation.parts.collaborative import DialogEASE
from ranking.conversation.parts.types import Batch, Matrix
from retrieval.catalog import Catalog
from retrieval.titlekeys import canonical

_FEWEST_LINKED = 50
_LIKED_FROM = 3.5


@dataclass(frozen=True)
class OutsideRatings:
    """EASE over linked likes, and how many people rated each item (a logarithm)."""

    ease: DialogEASE
    rated: NDArray[np.float32]

    @classmethod
    def fit(cls, catalog: Catalog, ratings: pd.DataFrame, regularisation: float = 300.0) -> OutsideRatings | None:
        """`ratings` has `user_id, title, year, rating` (half stars to 5); None when too few items are linked."""
        linked = _link(catalog, ratings)
        counts = np.bincount(linked["row"], minlength=len(catalog)).astype(np.float32)
        liked = linked[linked["rating"] >= _LIKED_FROM].drop_duplicates(["user_id", "row"])
        if np.count_nonzero(counts) < _FEWEST_LINKED or liked.empty:
            return None
        rows = [group.to_numpy(np.int64) for _, group in liked.groupby("user_id")["row"]]
        corpus = Corpus(len(catalog), tuple(map(str, range(len(rows)))), tuple(rows))
        return cls(DialogEASE.fit(corpus, regularisation, "outside"), np.log1p(counts))

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`outside_…` as in DialogEASE, and `outside_rated`."""
        found = dict(self.ease.scores(batch))
        found["outside_rated"] = np.tile(self.rated, (len(batch), 1))
        return found


def _link(catalog: Catalog, ratings: pd.DataFrame) -> pd.DataFrame:
    """Ratings with the catalog's row; a title is the same when its key is and the years are at most one apart."""
    titles = ratings[["title", "year"]].drop_duplicates()
    by_key: dict[str, list[int]] = {}
    for row, title in enumerate(catalog.titles):
        by_key.setdefault(canonical(title), []).append(row)
    rows: dict[tuple[str, float], int] = {}
    for title, year in zip(titles["title"], titles["year"], strict=True):
        near = [
            row
            for row in by_key.get(canonical(title), ())
            if np.isnan(catalog.years[row]) or np.isnan(year) or abs(catalog.years[row] - year) <= 1
        ]
        if near:
            rows[title, year] = min(near, key=lambda row: bool(np.isnan(catalog.years[row])))
    found = [rows.get(pair, -1) for pair in zip(ratings["title"], ratings["year"], strict=True)]
    linked = ratings.assign(row=np.array(found, np.int64))
    return linked[linked["row"] >= 0]


def read_outside(folder: Path) -> pd.DataFrame:
    """MovieLens' movies.csv and ratings.csv as `user_id, title, year, rating`; "Matrix, The (1999)" is turned round."""
    movies = pd.read_csv(folder / "movies.csv", dtype={"movieId": str, "title": str})
    ratings = pd.read_csv(folder / "ratings.csv", dtype={"movieId": str, "userId": str})
    split = movies["title"].str.extract(r"^(.*?)\s*(?:\((\d{4})\))?\s*$")
    movies["name"] = split[0].str.replace(r"^(.*), (The|A|An)$", r"\2 \1", regex=True)
    movies["year"] = pd.to_numeric(split[1])
    merged = ratings.merge(movies[["movieId", "name", "year"]], on="movieId")
    return pd.DataFrame(
        {"user_id": merged["userId"], "title": merged["name"], "year": merged["year"], "rating": merged["rating"]}
    )
