"""A catalog of two dozen films, an embedder of word counts, and the assistant over them: fast enough for every test."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.types import Credit, Item


class WordEmbedder:
    """Stands in for MiniLM: a hashed bag of words, so that texts which share words are near each other."""

    name = "words"
    dimensions = 128
    max_tokens = 128

    def encode(self, texts: Sequence[str], progress: bool = False) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dimensions] += 1.0
            norm = float(np.linalg.norm(vectors[row]))
            vectors[row] = vectors[row] / norm if norm else 1 / np.sqrt(self.dimensions)
        return vectors


def _film(line: str) -> Item:
    id_, title, year, genres, director, actor, keywords, runtime, votes = line.split(" | ")
    return Item(
        id=id_,
        title=title,
        year=int(year),
        genres=tuple(genres.split(", ")),
        people=(Credit(director, "director"), Credit(actor, "actor")),
        keywords=tuple(keywords.split(", ")),
        description=f"A story of {keywords}.",
        runtime=int(runtime),
        language="en",
        rating=7.0,
        votes=int(votes),
    )


FILMS = tuple(_film(line) for line in Path(__file__).with_suffix(".psv").read_text(encoding="utf-8").splitlines()[1:])


def tiny_catalog() -> Catalog:
    """The films, in a fixed order."""
    return Catalog.from_items(FILMS)


def tiny_interactions() -> pd.DataFrame:
    """People with two tastes: minds that bend, and hearts that melt. Nobody has rated "The Cold Reel"."""
    bending = ["matrix", "inception", "interstellar", "memento", "prestige", "arrival", "bladerunner", "moon", "source"]
    melting = ["notebook", "amelie", "titanic", "eternal", "up", "toystory"]
    rows = []
    for user in range(40):
        liked, other = (bending, melting) if user % 2 else (melting, bending)
        for number, item in enumerate(liked):
            if (user + number) % 4:
                rows.append((f"u{user}", item, 5.0, 1_000_000 + user))
        rows.append((f"u{user}", other[user % len(other)], 2.0, 1_000_000 + user))
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])


def build_tiny(folder: Path) -> Path:
    """The tiny catalog on disk, index and models included; the folder."""
    from ranking.build import build_models
    from retrieval.index import ItemIndex

    catalog = tiny_catalog()
    catalog.save(folder)
    ItemIndex.build(catalog, WordEmbedder(), folder, progress=False).close()  # type: ignore[arg-type]
    build_models(catalog, tiny_interactions(), folder / "models", progress=False)
    return folder
