"""The vector index of a catalog: kept in Chroma, searched in memory where that is faster."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import NotFoundError
from tqdm import tqdm

from retrieval.catalog import Catalog
from retrieval.exact import ExactSearch
from retrieval.item_text import TEXT_VERSION, item_text
from retrieval.types import Item, Mask, Rows, Scores, TextEmbedder, Vectors

EXACT_UP_TO = 1_500_000
"""Up to this many allowed rows every vector is compared, and beyond it Chroma's HNSW graph is asked.

Measured on 2 cores, 384 dimensions, top 200: two searches at once take 1 ms over 5 thousand vectors and 8 ms over 100
thousand, time grows with the vectors, and a filter costs nothing. Chroma takes 5 and 8 ms for each, and 159 ms at 100
thousand with a metadata filter; so Chroma keeps the vectors and metadata, and filters stay masks over catalog rows.
"""

_T = TypeVar("_T")
COLLECTION = "items"
GRAPH = {"hnsw": {"space": "cosine", "ef_search": 200}}
_CHROMA, _VECTORS = "chroma", "vectors.npy"
_BATCH = 512
_OVER_FETCH = 2.0
_MOST_FETCHED = 5_000


class IndexProblem(RuntimeError):
    """The index on disk cannot serve this catalog with this embedding model; the text says what to run."""


class ItemIndex:
    """One vector for each catalog row, `vectors` of shape (len(catalog), dimensions), each of length 1.

    Close it when done, or use it as a context manager: Chroma holds files open.
    """

    def __init__(
        self, folder: Path, client: Client, ids: Sequence[str], embedder: TextEmbedder, name: str = COLLECTION
    ) -> None:
        """Use `build` or `open`."""
        self._folder = folder
        self._client = client
        self._collection: Collection = client.get_collection(name, embedding_function=None)
        self._embedder = embedder
        self._ids = list(ids)
        self._row_of = {item_id: row for row, item_id in enumerate(self._ids)}
        self.exact_up_to = EXACT_UP_TO
        self._exact = ExactSearch(self._load_vectors())

    @classmethod
    def build(cls, catalog: Catalog, embedder: TextEmbedder, folder: Path, progress: bool = True) -> ItemIndex:
        """Embed every item into a new index in `folder`; an index that is there serves until the new one is whole."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "index.partial"
        shutil.rmtree(partial, ignore_errors=True)
        client = _client(partial / _CHROMA)
        try:
            collection = client.create_collection(
                COLLECTION,
                metadata=description(embedder, catalog.ids),
                configuration=GRAPH,  # type: ignore[arg-type]
                embedding_function=None,
            )
            vectors = np.empty((len(catalog), embedder.dimensions), dtype=np.float32)
            with tqdm(total=len(catalog), desc="Embedding items", unit=" items", disable=not progress) as bar:
                for start in range(0, len(catalog), _BATCH):
                    items = catalog.items(range(start, min(start + _BATCH, len(catalog))))
                    vectors[start : start + len(items)] = _upsert(collection, items, embedder)
                    bar.update(len(items))
        finally:
            client.close()
        np.save(partial / _VECTORS, vectors)
        _swap(partial, folder)
        return cls.open(folder, catalog, embedder)

    @classmethod
    def open(cls, folder: Path, catalog: Catalog, embedder: TextEmbedder) -> ItemIndex:
        """The index in `folder`.

        Raises IndexProblem when there is none, or when it was built with another embedding model, another item text
        or for another catalog.
        """
        if not (folder / _CHROMA / "chroma.sqlite3").is_file():
            raise IndexProblem(f"no index in {folder}; run `concierge setup`, or `concierge index --items FILE`")
        client = _client(folder / _CHROMA)
        try:
            _check(client, embedder, catalog, folder)
            return cls(folder, client, catalog.ids, embedder)
        except BaseException:
            client.close()
            raise

    def close(self) -> None:
        """Let go of Chroma's files."""
        self._client.close()

    def __enter__(self) -> ItemIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def vectors(self) -> Vectors:
        """Row n belongs to row n of the catalog."""
        return self._exact.vectors

    def nearest(self, aims: Vectors, allowed: Mask, limit: int) -> list[tuple[Rows, Scores]]:
        """For each of the `aims`, shape (k, dimensions), at most `limit` allowed rows with their cosine similarities,
        best first."""
        left = int(np.count_nonzero(allowed))
        if left > self.exact_up_to and limit > 0:
            fetch = int(limit * _OVER_FETCH * len(self) / left)
            if fetch <= _MOST_FETCHED:
                found = [
                    (rows[keep][:limit], scores[keep][:limit])
                    for rows, scores in self._in_graph(aims, min(fetch, len(self)))
                    if np.count_nonzero(keep := allowed[rows]) >= limit
                ]
                if len(found) == len(aims):
                    return found
        return self._exact.nearest(aims, allowed, limit)

    def upsert(self, items: Iterable[Item]) -> None:
        """Take in new or changed items: they serve the next search, in the rows that `Catalog.extended` gives them."""
        newer = {item.id: item for item in items}
        if not newer:
            return
        # Without vectors.npy the next start reads Chroma, so an interruption here loses nothing.
        self._drop_vectors()
        vectors = np.concatenate(
            [_upsert(self._collection, batch, self._embedder) for batch in batches([*newer.values()])]
        )
        for item_id in newer:
            if item_id not in self._row_of:
                self._row_of[item_id] = len(self._ids)
                self._ids.append(item_id)
        grown = np.empty((len(self._ids), self.vectors.shape[1]), dtype=np.float32)
        grown[: len(self.vectors)] = self.vectors
        grown[[self._row_of[item_id] for item_id in newer]] = vectors
        self._exact = ExactSearch(grown)
        self._collection.modify(metadata=description(self._embedder, self._ids))
        self._save_vectors(grown)

    def _in_graph(self, aims: Vectors, limit: int) -> list[tuple[Rows, Scores]]:
        result = self._collection.query(
            query_embeddings=aims.astype(np.float32), n_results=limit, include=["distances"]
        )
        return [
            (np.array([self._row_of[item_id] for item_id in ids], np.int64), 1 - np.array(distances, np.float32))
            for ids, distances in zip(result["ids"], result["distances"] or [], strict=True)
        ]

    def _load_vectors(self) -> Vectors:
        # A file that is missing or damaged is only a copy: Chroma has the vectors.
        with suppress(OSError, ValueError, EOFError):
            vectors: Vectors = np.load(self._folder / _VECTORS, mmap_mode="c", allow_pickle=False)
            if vectors.shape == (len(self._ids), self._embedder.dimensions):
                return np.ascontiguousarray(vectors)
        vectors = self._vectors_in_chroma()
        self._save_vectors(vectors)
        return vectors

    def _vectors_in_chroma(self) -> Vectors:
        vectors = np.empty((len(self._ids), self._embedder.dimensions), dtype=np.float32)
        for ids in batches(self._ids):
            found = self._collection.get(ids=ids, include=["embeddings"])
            vectors[[self._row_of[item_id] for item_id in found["ids"]]] = found["embeddings"]
        return vectors

    def _drop_vectors(self) -> None:
        (self._folder / _VECTORS).unlink(missing_ok=True)

    def _save_vectors(self, vectors: Vectors) -> None:
        partial = self._folder / f"{_VECTORS}.partial"
        with partial.open("wb") as file:
            np.save(file, vectors)
        partial.replace(self._folder / _VECTORS)


def _client(path: Path) -> Client:
    return cast(Client, chromadb.PersistentClient(path, Settings(anonymized_telemetry=False)))


def description(embedder: TextEmbedder, ids: Sequence[str]) -> dict[str, str | int]:
    """What an index was built from, as it is noted in Chroma."""
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return {"embedding_model": embedder.name, "text_version": TEXT_VERSION, "items": len(ids), "ids_sha256": digest}


def _check(client: Client, embedder: TextEmbedder, catalog: Catalog, folder: Path) -> None:
    try:
        found = client.get_collection(COLLECTION, embedding_function=None).metadata or {}
    except NotFoundError:
        raise IndexProblem(f"the index in {folder} is not whole; build it again with `concierge index`") from None
    names = {
        "embedding_model": "with the embedding model",
        "text_version": "from version",
        "items": "for this many items:",
        "ids_sha256": "for items with the ids",
    }
    for field, value in description(embedder, catalog.ids).items():
        if found.get(field) != value:
            raise IndexProblem(
                f"the index in {folder} was built {names[field]} {found.get(field)!r}, but {value!r} is in use; "
                "build it again with `concierge index`, or go back to what it was built with"
            )


def _upsert(collection: Collection, items: Sequence[Item], embedder: TextEmbedder) -> Vectors:
    texts = [item_text(item) for item in items]
    vectors = embedder.encode(texts)
    collection.upsert(
        ids=[item.id for item in items], embeddings=vectors, metadatas=[*map(item_metadata, items)], documents=texts
    )
    return vectors


def item_metadata(item: Item) -> dict[str, str | int]:
    """What Chroma notes of an item beside its vector."""
    known = {"title": item.title, "year": item.year, "genres": "|".join(item.genres), "language": item.language}
    return {name: value for name, value in known.items() if value is not None}


def batches(values: Sequence[_T]) -> Iterable[list[_T]]:
    """The values in lists that Chroma takes at once."""
    return ([*values[start : start + _BATCH]] for start in range(0, len(values), _BATCH))


def _swap(partial: Path, folder: Path) -> None:
    """Put the new index in place. vectors.npy goes first and comes last: without it, it is read back from Chroma."""
    (folder / _VECTORS).unlink(missing_ok=True)
    shutil.rmtree(folder / _CHROMA, ignore_errors=True)
    (partial / _CHROMA).rename(folder / _CHROMA)
    (partial / _VECTORS).replace(folder / _VECTORS)
    partial.rmdir()
