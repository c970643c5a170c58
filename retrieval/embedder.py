"""Sentence vectors from a MiniLM on the CPU, offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers import AutoTokenizer, BertModel
from transformers.utils import logging as transformers_logging

from retrieval.types import Vectors

_BATCH_TOKENS = 1024
"""Small enough for the activations of one layer to stay in the processor's cache."""


class Embedder:
    """Texts to L2-normalised vectors: the mean of the last layer's token vectors (Reimers & Gurevych, 2019)."""

    def __init__(self, model_dir: Path, *, max_tokens: int = 128, threads: int | None = None) -> None:
        """Loads the weights in `model_dir`; longer texts are cut at `max_tokens`.

        `threads` is for PyTorch in the whole process; None leaves its setting. Raises FileNotFoundError when the
        weights are not there.
        """
        if not (model_dir / "config.json").is_file():
            raise FileNotFoundError(f"no embedding model at {model_dir}; run `concierge setup`")
        if threads is not None:
            torch.set_num_threads(threads)
        self.name = model_dir.name
        self.max_tokens = max_tokens
        self._tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True)
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._model = BertModel.from_pretrained(
            model_dir, local_files_only=True, dtype=torch.float32, attn_implementation="sdpa"
        )
        self._model.requires_grad_(False)
        self.dimensions: int = self._model.config.hidden_size

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """The vectors of the texts, in their order, shape (len(texts), dimensions)."""
        vectors: Vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not len(texts):
            return vectors
        tokens = self._tokenizer(
            list(texts), truncation=True, max_length=self.max_tokens, return_attention_mask=False, verbose=False
        )["input_ids"]
        with (
            tqdm(total=len(texts), desc="Embedding", unit=" texts", disable=not progress) as bar,
            torch.inference_mode(),
        ):
            for batch in _batches(tokens):
                vectors[batch] = self._embed([tokens[index] for index in batch])
                bar.update(len(batch))
        return vectors

    def _embed(self, tokens: list[list[int]]) -> Vectors:
        lengths = torch.tensor([len(ids) for ids in tokens])
        longest = int(lengths.max())
        padded = torch.zeros((len(tokens), longest), dtype=torch.long)
        for index, ids in enumerate(tokens):
            padded[index, : len(ids)] = torch.tensor(ids)
        mask = torch.arange(longest) < lengths[:, None]
        # Without padding there is nothing to mask, and attention is faster for it.
        hidden = self._model(padded, attention_mask=None if bool(mask.all()) else mask.long()).last_hidden_state
        pooled = (hidden * mask[:, :, None]).sum(dim=1) / lengths[:, None]
        vectors: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
        return vectors


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices in batches of similar length, the longest first, so that little is padding."""
    batch: list[int] = []
    for index in sorted(range(len(tokens)), key=lambda index: -len(tokens[index])):
        if batch and (len(batch) + 1) * len(tokens[batch[0]]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
