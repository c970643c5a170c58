"""A ratings data set in MovieLens' layout: `ratings.csv` (userId, movieId, rating, timestamp) and `movies.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import MultiLabelBinarizer, normalize

from ranking.interactions import Interactions

_DIMENSIONS = 128


@dataclass(frozen=True, slots=True)
class RatingsData:
    """`genres` (items, genres) holds ones, `vectors` (items, d) L2-normalised content embeddings."""

    name: str
    interactions: Interactions
    genres: NDArray[np.float32]
    vectors: NDArray[np.float32]


def read_ratings(folder: Path, seed: int = 7) -> RatingsData:
    """Read the two files. Raises FileNotFoundError naming the file that is not there.

    The content embeddings come from titles, years and genres only: tags were given by the users under test.
    """
    for name in ("ratings.csv", "movies.csv"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing; give the folder of a MovieLens data set")
    movies = pd.read_csv(folder / "movies.csv").drop_duplicates("movieId")
    ratings = pd.read_csv(folder / "ratings.csv")
    columns = {"userId": "user_id", "movieId": "item_id"}
    ids = movies["movieId"].astype(str).tolist()
    interactions = Interactions.from_frame(ratings.rename(columns=columns), ids)
    genres = [value.split("|") for value in movies["genres"].fillna("")]
    ones = MultiLabelBinarizer().fit_transform(genres).astype(np.float32)
    return RatingsData(folder.name, interactions, ones, _vectors(movies["title"].tolist(), genres, seed))


def _vectors(titles: list[str], genres: list[list[str]], seed: int) -> NDArray[np.float32]:
    texts = []
    for title, kinds in zip(titles, genres, strict=True):
        year = title.rstrip(" )")[-4:]
        decade = f"decade{year[:3]}" if year.isdigit() else ""
        pairs = [f"{one}_{other}" for one in kinds for other in kinds if one < other]
        texts.append(" ".join([title.lower(), decade, *kinds, *kinds, *pairs]))
    table = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    reduced = TruncatedSVD(min(_DIMENSIONS, table.shape[1] - 1), random_state=seed).fit_transform(table)
    return np.asarray(normalize(reduced), np.float32)
