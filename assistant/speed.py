"""`concierge bench speed`: from a message to its cards without the language model, at catalogs of several sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assistant.assistant import Assistant
from assistant.events import Cards
from assistant.explaining import Explainer
from assistant.state import DialogueState
from assistant.understanding import Understander
from assistant.wiring import generators, small_products
from ranking.blend import BlendWeights
from ranking.ials import IALS, IALSConfig
from ranking.ranker import Ranker
from retrieval.bench import Timing, synthetic_catalog, synthetic_vectors, time_chain, time_messages
from retrieval.catalog import Catalog
from retrieval.exact import ExactSearch
from retrieval.retriever import Retriever
from retrieval.titles import TitleLinker
from retrieval.types import TextEmbedder, Vectors


def run_speed_bench(
    embedder: TextEmbedder, sizes: Sequence[int] = (5_000, 100_000, 1_000_000), chain_up_to: int = 100_000
) -> Iterator[Timing]:
    """Time the whole way at each size, with and without limits, and the plain chain up to `chain_up_to` items.

    Rules read the message, every generator proposes, and the blend with collaborative factors ranks. The chain only
    embeds the message and asks Chroma.
    """
    for size in sizes:
        catalog, vectors = synthetic_catalog(size), synthetic_vectors(size, embedder.dimensions)
        assistant = _assistant(catalog, vectors, embedder)

        def ours(text: str, after: int | None, assistant: Assistant = assistant) -> None:
            del after  # the message says it
            found = next(event for event in assistant.reply(DialogueState(), text) if isinstance(event, Cards))
            if not found.ranking.items:
                raise RuntimeError(f"no cards for {text!r}")

        with small_products():
            timings = time_messages("concierge", size, ours)
        yield from timings
        if size <= chain_up_to:
            yield from time_chain(catalog, vectors, embedder)


def _assistant(catalog: Catalog, vectors: Vectors, embedder: TextEmbedder) -> Assistant:
    """The product's parts over these items, with random collaborative factors: their values do not change the time."""
    config, index = IALSConfig(), ExactSearch(vectors)
    factors = np.random.default_rng(config.seed).standard_normal((len(catalog), config.factors), np.float32)
    model = IALS(factors, np.arange(len(catalog)), len(catalog), config)
    ranker = Ranker(catalog, index, model, BlendWeights(), np.full(len(catalog), 20, np.int64))
    return Assistant(
        catalog,
        Retriever(catalog, index, embedder, generators(catalog, index, ranker)),
        ranker,
        Understander(None, catalog, TitleLinker(catalog)),
        Explainer(None),
    )
