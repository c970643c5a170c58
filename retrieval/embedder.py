"""Sentence vectors from a MiniLM on the CPU, offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers import AutoTokenizer, BertModel
from transformers.utils import logging as transformers_logging

from retrieval.bert import BertEncoder, quickest_dtype
from retrieval.types import Vectors

_BATCH_TOKENS = 1024
"""Small enough for the activations of one layer to stay in the processor's cache."""


class Embedder:
    """Texts to L2-normalised vectors: the mean of the last layer's token vectors (Reimers & Gurevych, 2019)."""

    def __init__(
        self, model_dir: Path, *, max_tokens: int = 128, threads: int | None = None, dtype: torch.dtype | None = None
    ) -> None:
        """Loads the weights in `model_dir`; longer texts are cut at `max_tokens`.

        `threads` is for PyTorch in the whole process; None leaves its setting. `dtype` is what products are computed
        in: bfloat16 changes a vector by a cosine of less than .001; None takes what is quickest here. Raises
        FileNotFoundError when the weights are not there.
        """
        if not (model_dir / "config.json").is_file():
            raise FileNotFoundError(f"no embedding model at {model_dir}; run `concierge setup`")
        if threads is not None:
            torch.set_num_threads(threads)
        self.threads = torch.get_num_threads()
        self.name = model_dir.name
        self.max_tokens = max_tokens
        # Without the library's wrapper, which takes longer than the tokenizer itself for a message.
        self._tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True).backend_tokenizer
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.no_padding()
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model = BertModel.from_pretrained(model_dir, local_files_only=True, dtype=torch.float32)
        self._dtype = dtype or quickest_dtype()
        self._encoder = BertEncoder(model.requires_grad_(False), self._dtype)
        self.dimensions: int = self._encoder.dimensions

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """The vectors of the texts, in their order, shape (len(texts), dimensions)."""
        vectors: Vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not len(texts):
            return vectors
        tokens = self._tokens(texts)
        batches = list(_batches(tokens))

        def embed(batch: list[int]) -> int:
            vectors[batch] = self._embed([tokens[index] for index in batch])
            return len(batch)

        if len(batches) == 1:
            with self._message_threads():
                embed(batches[0])
            return vectors
        with (
            self._one_thread_each(),
            ThreadPoolExecutor(self.threads, initializer=torch.set_num_threads, initargs=(1,)) as pool,
            tqdm(total=len(texts), desc="Embedding", unit=" texts", disable=not progress) as bar,
        ):
            for done in pool.map(embed, batches):
                bar.update(done)
        return vectors

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        if len(texts) == 1:  # a batch is spread over threads, which a message would only wait for
            return [self._tokenizer.encode(texts[0]).ids]
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def _message_threads(self) -> AbstractContextManager[None]:
        """A message in float32 gains by a second thread. In bfloat16 there is next to nothing to gain, but much to lose
        where the other core is busy: the threads wait for each other in every product."""
        return nullcontext() if self._dtype == torch.float32 else self._one_thread_each()

    @contextmanager
    def _one_thread_each(self) -> Iterator[None]:
        """Each product on one thread, since products this small lose more by waiting for each other than they gain.

        Whole batches run side by side instead. The setting reaches the matrix library of the whole process, so it is
        put back to what it was when this object was made, whatever other threads do meanwhile.
        """
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(self.threads)

    @torch.inference_mode()
    def _embed(self, tokens: list[list[int]]) -> Vectors:
        # Texts of one batch have one length, so there is no padding to compute and no mask to apply.
        hidden = self._encoder(torch.tensor(tokens))
        vectors: Vectors = torch.nn.functional.normalize(hidden.mean(dim=1), dim=1).numpy()
        return vectors


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices in batches of equal length, the longest first."""
    batch: list[int] = []
    for index in sorted(range(len(tokens)), key=lambda index: -len(tokens[index])):
        length = len(tokens[index])
        if batch and (length != len(tokens[batch[0]]) or (len(batch) + 1) * length > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
