"""Items embedded per second, beside sentence-transformers with the same weights, threads and texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from retrieval.embedder import Embedder
from retrieval.types import Vectors

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Throughput:
    """Texts per second, the median of the rounds; `cosine` is the least likeness of a vector to that of float32."""

    system: str
    dtype: str
    per_second: float
    cosine: float


def run_embedding_bench(model_dir: Path, texts: Sequence[str], threads: int = 2) -> list[Throughput]:
    """Time the product's embedder and sentence-transformers, each in float32 and bfloat16, in turns.

    It needs the package sentence-transformers, which is among the development extras.
    """
    from sentence_transformers import SentenceTransformer

    systems: dict[tuple[str, torch.dtype], Callable[[Sequence[str]], Vectors]] = {}
    for dtype in (torch.float32, torch.bfloat16):
        embedder = Embedder(model_dir, threads=threads, dtype=dtype)
        rival = SentenceTransformer(str(model_dir), device="cpu", model_kwargs={"dtype": dtype}, local_files_only=True)
        rival.max_seq_length = embedder.max_tokens
        systems["concierge", dtype] = embedder.encode
        systems["sentence-transformers", dtype] = lambda texts, rival=rival: rival.encode(  # type: ignore[misc]
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
    exact = systems["concierge", torch.float32](texts)
    taken: dict[tuple[str, torch.dtype], list[float]] = {key: [] for key in systems}
    cosines: dict[tuple[str, torch.dtype], float] = {}
    for _ in range(_ROUNDS):
        for key, encode in systems.items():
            began = time.perf_counter()
            vectors = np.asarray(encode(texts), np.float32)
            taken[key].append(time.perf_counter() - began)
            cosines[key] = float((vectors * exact).sum(axis=1).min())
    return [
        Throughput(
            name, str(dtype).removeprefix("torch."), len(texts) / float(np.median(seconds)), cosines[name, dtype]
        )
        for (name, dtype), seconds in taken.items()
    ]
