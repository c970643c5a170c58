"""The vector index in a Chroma server: one copy for all web workers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from tqdm import tqdm

from retrieval.catalog import Catalog
from retrieval.index import GRAPH, IndexProblem, ItemIndex, batches, description, item_metadata
from retrieval.item_text import item_text
from retrieval.types import TextEmbedder, Vectors

_WHOLE = "whole"
"""Set on a collection once it holds every item: one that a build left half written is not served."""


class ServedIndex(ItemIndex):
    """An `ItemIndex` whose vectors lie in a Chroma server at an address.

    Each catalog has a collection of its own there, named by its ids and the embedding model: a new catalog does not
    disturb the workers that still serve the old one.
    """

    @classmethod
    def connect(
        cls, url: str, catalog: Catalog, embedder: TextEmbedder, folder: Path, progress: bool = True
    ) -> ServedIndex:
        """The index at this address. What the server lacks is put there: from the index in `folder` where there is
        one, else embedded anew.

        Raises IndexProblem when the server cannot be reached or used.
        """
        client = _client(url)
        about = json.dumps(description(embedder, catalog.ids), sort_keys=True)
        name = f"items-{hashlib.sha256(about.encode()).hexdigest()[:32]}"
        try:
            if not _is_whole(client, name):
                _fill(client, name, catalog, embedder, folder, progress)
            return cls(folder, client, catalog.ids, embedder, name)
        except ChromaError as error:
            raise IndexProblem(f"the Chroma server at {url} refused: {error}") from error

    def close(self) -> None:
        """Nothing is held open."""

    def _load_vectors(self) -> Vectors:
        return self._vectors_in_chroma()

    def _drop_vectors(self) -> None:
        """The server has the only copy."""

    def _save_vectors(self, vectors: Vectors) -> None:
        """The server has them already."""


def _is_whole(client: Client, name: str) -> bool:
    try:
        return bool((client.get_collection(name, embedding_function=None).metadata or {}).get(_WHOLE))
    except NotFoundError:
        return False


def _fill(client: Client, name: str, catalog: Catalog, embedder: TextEmbedder, folder: Path, progress: bool) -> None:
    """Put every item there. Two workers that do so at once write the same."""
    about = description(embedder, catalog.ids)
    collection = client.get_or_create_collection(
        name,
        metadata=about,
        configuration=GRAPH,  # type: ignore[arg-type]
        embedding_function=None,
    )
    known = _vectors_in(folder, catalog, embedder)
    with tqdm(total=len(catalog), desc="Sending vectors", unit=" items", disable=not progress) as bar:
        for rows in batches(range(len(catalog))):
            items = catalog.items(rows)
            texts = [item_text(item) for item in items]
            vectors = embedder.encode(texts) if known is None else known[rows]
            collection.upsert(
                ids=[item.id for item in items],
                embeddings=np.asarray(vectors, np.float32),
                metadatas=[*map(item_metadata, items)],
                documents=texts,
            )
            bar.update(len(items))
    collection.modify(metadata={**about, _WHOLE: True})


def _vectors_in(folder: Path, catalog: Catalog, embedder: TextEmbedder) -> Vectors | None:
    try:
        with ItemIndex.open(folder, catalog, embedder) as local:
            return local.vectors
    except IndexProblem:
        return None


def _client(url: str) -> Client:
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise IndexProblem(f"CHROMA_URL must look like http://host:8000, not {url!r}")
    secure = address.scheme == "https"
    try:
        client = chromadb.HttpClient(
            address.hostname,
            address.port or (443 if secure else 8000),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
        client.heartbeat()
    except Exception as error:  # the client wraps a refused connection in a plain ValueError
        raise IndexProblem(f"the Chroma server at {url} does not answer; check that it runs: {error}") from error
    return cast(Client, client)
