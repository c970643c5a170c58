"""How long finding candidates takes, beside a plain LangChain and Chroma chain over the same items in the same run.

The items are made up: they serve for scale, never for quality.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tqdm import tqdm

from retrieval.catalog import SCHEMA, Catalog
from retrieval.generators import default_generators
from retrieval.index import exact_search
from retrieval.retriever import Retriever
from retrieval.types import Candidates, Constraints, Mask, Query, Rows, Scores, TextEmbedder, Vectors

_GENRES = tuple(f"genre {n}" for n in range(20))
_FIRST_YEAR, _LAST_YEAR = 1950, 2020
_TOP = 200
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds from a query's text to its candidates over `items` items."""

    system: str
    items: int
    filtered: bool
    p50_ms: float
    p95_ms: float


class MemoryIndex:
    """Vectors in memory and nothing else: what `ItemIndex` searches up to `EXACT_UP_TO` rows."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    def search(self, vector: NDArray[np.float32], allowed: Mask, limit: int) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows by cosine similarity, best first."""
        return exact_search(self.vectors, vector, allowed, limit)


def synthetic_catalog(size: int, seed: int = 7) -> Catalog:
    """A catalog of made-up items with years, genres, people and votes."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {
        "id": pa.array([f"s{n}" for n in range(size)], pa.large_string()),
        "title": pa.array([f"Title {n}" for n in range(size)], pa.large_string()),
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
    for name in ("description", "tagline"):
        columns[name] = pa.array([""] * size, pa.large_string())
    columns["poster"] = pa.nulls(size, pa.large_string())
    return Catalog(pa.table({name: columns[name] for name in SCHEMA.names}))


def synthetic_vectors(size: int, dimensions: int, seed: int = 7) -> Vectors:
    """Directions drawn evenly, shape (size, dimensions)."""
    vectors = np.random.default_rng(seed).standard_normal((size, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def run_speed_bench(
    embedder: TextEmbedder,
    sizes: Sequence[int] = (5_000, 100_000, 1_000_000),
    chain_up_to: int = 100_000,
    rank: Callable[[Query, Candidates], object] | None = None,
    progress: bool = True,
) -> tuple[Timing, ...]:
    """Time retrieval at each size, with and without limits, and the plain chain up to `chain_up_to` items.

    `rank` is called on the candidates when given, so that its time counts too. The chain needs the package
    langchain-chroma; filling it takes minutes at 100 thousand items.
    """
    timings: list[Timing] = []
    for size in sizes:
        catalog, vectors = synthetic_catalog(size), synthetic_vectors(size, embedder.dimensions)
        index = MemoryIndex(vectors)
        retriever = Retriever(catalog, index, embedder, default_generators(catalog, index), limit=_TOP)

        def ours(text: str, filtered: bool, retriever: Retriever = retriever) -> None:
            query = Query(text, liked=("s1", "s2"), genres=_GENRES[:1], constraints=_limits(filtered))
            candidates = retriever.retrieve(query)
            if rank is not None:
                rank(query, candidates)

        timings += [_time("concierge", size, filtered, ours) for filtered in (False, True)]
        if size <= chain_up_to:
            timings += _time_chain(catalog, vectors, embedder, progress=progress)
    return tuple(timings)


def _limits(filtered: bool) -> Constraints:
    return Constraints(year_from=2005, not_genres=frozenset(_GENRES[2:3])) if filtered else Constraints()


def _time(system: str, size: int, filtered: bool, run: Callable[[str, bool], None]) -> Timing:
    """Each text is new, so that no cache answers for the embedding; the first runs do not count."""
    taken = []
    for count in range(_ROUNDS + 3):
        began = time.perf_counter()
        run(f"a slow and funny story about number {count} {'with' if filtered else 'without'} limits", filtered)
        taken.append((time.perf_counter() - began) * 1000)
    p50, p95 = np.percentile(taken[3:], [50, 95])
    return Timing(system, size, filtered, float(p50), float(p95))


def _time_chain(catalog: Catalog, vectors: Vectors, embedder: TextEmbedder, *, progress: bool) -> list[Timing]:
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

        def chain(text: str, filtered: bool) -> None:
            where = {"$and": [{"year": {"$gte": 2005}}, {"genre": {"$ne": _GENRES[2]}}]} if filtered else None
            store.as_retriever(search_kwargs={"k": _TOP, "filter": where}).invoke(text)

        try:
            return [_time("langchain + chroma", len(catalog), filtered, chain) for filtered in (False, True)]
        finally:
            client.close()  # type: ignore[attr-defined]


def _lists(rng: np.random.Generator, size: int, each: int, values: pa.Array) -> pa.Array:
    offsets = pa.array(np.arange(0, (size + 1) * each, each), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, values.take(pa.array(rng.integers(0, len(values), size * each))))
