from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from retrieval.embedder import Embedder
from retrieval.embedding_bench import run_embedding_bench

HOME = Path(os.environ.get("CONCIERGE_HOME", Path.home() / ".cache" / "concierge"))
WORDS = [
    "a",
    "film",
    "about",
    "robots",
    "trains",
    "love",
    "war",
    "in",
    "the",
    "old",
    "city",
    "on",
    "far",
    "moon",
    ".",
    ",",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with random weights, small enough for unit tests."""
    folder = tmp_path_factory.mktemp("tiny-bert")
    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(folder)
    return folder


TEXTS = [" ".join(WORDS[: 1 + n % len(WORDS)]) for n in range(40)]


def test_vectors_are_unit_length_and_in_the_order_of_the_texts(folder: Path) -> None:
    embedder = Embedder(folder, dtype=torch.float32)
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions) == (40, 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for place in (0, 7, 39):
        np.testing.assert_allclose(vectors[place], embedder.encode([TEXTS[place]])[0], atol=1e-5)


def test_the_mean_of_the_token_vectors(folder: Path) -> None:
    embedder = Embedder(folder, dtype=torch.float32)
    tokens = torch.tensor([embedder._tokenizer.encode("robots in love").ids])
    with torch.no_grad():
        hidden = BertModel.from_pretrained(folder)(tokens).last_hidden_state[0]
    expected = hidden.mean(dim=0) / hidden.mean(dim=0).norm()
    np.testing.assert_allclose(embedder.encode(["robots in love"])[0], expected.numpy(), atol=1e-5)


def test_no_texts_empty_texts_and_long_texts(folder: Path) -> None:
    embedder = Embedder(folder, max_tokens=8, dtype=torch.float32)
    assert embedder.encode([]).shape == (0, 16)
    assert np.isfinite(embedder.encode([""])).all()
    long = embedder.encode(["robots " * 100, "robots " * 6])
    np.testing.assert_allclose(long[0], long[1], atol=1e-5)


def test_the_thread_setting_is_put_back(folder: Path) -> None:
    before = torch.get_num_threads()
    try:
        embedder = Embedder(folder, threads=2, dtype=torch.float32)
        embedder.encode(TEXTS)
        assert torch.get_num_threads() == 2
        one = Embedder(folder, threads=1, dtype=torch.float32).encode(TEXTS)
        np.testing.assert_allclose(one, embedder.encode(TEXTS), atol=1e-5)
    finally:
        torch.set_num_threads(before)


def test_missing_weights_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="concierge setup"):
        Embedder(tmp_path)


@pytest.mark.realdata
def test_the_default_weights_give_the_vectors_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    weights = HOME / "models" / "all-MiniLM-L6-v2"
    texts = ["a slow film about robots", "war", "An old man and the sea. " * 3]
    expected = SentenceTransformer(str(weights), device="cpu").encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(Embedder(weights, dtype=torch.float32).encode(texts), expected, atol=1e-5)
    rounded = Embedder(weights, dtype=torch.bfloat16).encode(texts)
    assert ((rounded * expected).sum(axis=1) > 0.999).all()


def test_the_bench_times_both_in_both_number_formats(folder: Path) -> None:
    before = torch.get_num_threads()
    try:
        found = run_embedding_bench(folder, TEXTS, threads=1)
    finally:
        torch.set_num_threads(before)
    assert [(one.system, one.dtype) for one in found] == [
        ("concierge", "float32"),
        ("sentence-transformers", "float32"),
        ("concierge", "bfloat16"),
        ("sentence-transformers", "bfloat16"),
    ]
    assert all(one.per_second > 0 and one.cosine > 0.99 for one in found)
    assert found[1].cosine == pytest.approx(1, abs=1e-5)
