"""Made-up catalogs for scale, never for quality, and a plain LangChain and Chroma chain over them to compare with."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from tqdm import tqdm

from retrieval.catalog import SCHEMA, Catalog
from retrieval.types import TextEmbedder, Vectors

_GENRES = ("drama", "comedy", "thriller", "romance", "horror", "western", "mystery", "fantasy", "crime", "war")
_FIRST_WORDS = ("Silent", "Broken", "Golden", "Last", "Hidden", "Crimson", "Distant", "Burning", "Frozen", "Lonely")
_SECOND_WORDS = ("Harbor", "Empire", "Letter", "Garden", "Mirror", "Journey", "Window", "Kingdom", "Signal", "Orchard")
_FIRST_YEAR, _LAST_YEAR = 1950, 2020
_TOP = 200
"""What the chain fetches: as many as each of our generators may propose."""
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds from a message to what it finds over `items` items."""

    system: str
    items: int
    filtered: bool
    p50_ms: float
    p95_ms: float


def synthetic_catalog(size: int, seed: int = 7) -> Catalog:
    """A catalog of made-up items with years, genres, people and votes."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {
        "id": pa.array([f"s{n}" for n in range(size)], pa.large_string()),
        "title": pa.array([_title(n) for n in range(size)], pa.large_string()),
        "year": pa.array(rng.integers(_FIRST_YEAR, _LAST_YEAR + 1, size), pa.int32()),
        "runtime": pa.array(rng.integers(60, 200, size), pa.int32()),
        "genres": _lists(rng, size, 2, pa.array(_GENRES, pa.large_string())),
        "rating": pa.array(rng.uniform(2, 9, size), pa.float64()),
        "votes": pa.array(rng.lognormal(4, 2, size).astype(np.int64), pa.int64()),
        "language": pa.array(["en"] * size, pa.large_string()),
    }
    names = pa.array([f"Person {n}" for n in range(max(size // 5, 1))], pa.large_string())
    people = pa.StructArray.from_arrays([names, pa.array(["actor"] * len(names), pa.large_string())], ["name", "role"])
    columns["people"] = _lists(rng, size, 3, people)
    for name in ("keywords", "countries", "aliases"):
        columns[name] = pa.array([[]] * size, SCHEMA.field(name).type)
    columns["tagline"] = pa.array([""] * size, pa.large_string())
    # As in real catalogs, the words of a message that has no typo stand in some description.
    plots = pa.array([f"A slow and funny story about {subject(number)}." for number in range(100)])
    columns["description"] = plots.take(pa.array(np.arange(size) % len(plots))).cast(pa.large_string())
    columns["poster"] = pa.nulls(size, pa.large_string())
    return Catalog(pa.table({name: columns[name] for name in SCHEMA.names}))


def synthetic_vectors(size: int, dimensions: int, seed: int = 7) -> Vectors:
    """Directions drawn evenly, shape (size, dimensions)."""
    vectors = np.random.default_rng(seed).standard_normal((size, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def message(number: int, after: int | None = None) -> str:
    """A message whose words are new each time, so that no cache answers for its embedding."""
    limits = "" if after is None else f", after {after}, no horror"
    return f"I loved {_title(1)} and {_title(2)}, a slow and funny story about {subject(number)}{limits}"


def subject(number: int) -> str:
    """One of a hundred themes."""
    return f"a {_SECOND_WORDS[number % 10]} and a {_FIRST_WORDS[number // 10 % 10]} winter".lower()


def time_messages(system: str, items: int, run: Callable[[str, int | None], None]) -> list[Timing]:
    """Run messages without and with limits, which change as the words do; the first of each do not count.

    `run` takes the message and the year that it limits items to, None without limits.
    """
    timings = []
    for filtered in (False, True):
        taken = []
        for count in range(_ROUNDS + 3):
            after = 1990 + count % 25 if filtered else None
            text = message(count + 50 * filtered, after)
            began = time.perf_counter()
            run(text, after)
            taken.append((time.perf_counter() - began) * 1000)
        p50, p95 = np.percentile(taken[3:], [50, 95])
        timings.append(Timing(system, items, filtered, float(p50), float(p95)))
    return timings


def _title(number: int) -> str:
    return f"{_FIRST_WORDS[number % 10]} {_SECOND_WORDS[number // 10 % 10]} {number}"


def time_chain(catalog: Catalog, vectors: Vectors, embedder: TextEmbedder, *, progress: bool = True) -> list[Timing]:
    """The plain chain over these items: the message is the query, and limits are Chroma's metadata filters.

    It needs the package langchain-chroma, and minutes to fill at 100 thousand items.
    """
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    class Embedding(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(number) for number in vector] for vector in embedder.encode(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
        collection = client.create_collection(
            "items", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        for start in tqdm(range(0, len(catalog), 1000), desc="Filling Chroma", disable=not progress):
            rows = range(start, min(start + 1000, len(catalog)))
            collection.add(
                ids=[catalog.ids[row] for row in rows],
                embeddings=vectors[rows.start : rows.stop],
                documents=[catalog.titles[row] for row in rows],
                metadatas=[{"year": int(catalog.years[row]), "genre": catalog.item(row).genres[0]} for row in rows],
            )
        store = Chroma(client=client, collection_name="items", embedding_function=Embedding())

        def chain(text: str, after: int | None) -> None:
            where = {"$and": [{"year": {"$gt": after}}, {"genre": {"$ne": "horror"}}]} if after else None
            store.as_retriever(search_kwargs={"k": _TOP, "filter": where}).invoke(text)

        try:
            return time_messages("langchain + chroma", len(catalog), chain)
        finally:
            client.close()  # type: ignore[attr-defined]


def _lists(rng: np.random.Generator, size: int, each: int, values: pa.Array) -> pa.Array:
    offsets = pa.array(np.arange(0, (size + 1) * each, each), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, values.take(pa.array(rng.integers(0, len(values), size * each))))
