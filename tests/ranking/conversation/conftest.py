"""A planted pattern: items come in groups, a dialog stays in its group, and the group's word is said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
import torch

from ranking.conversation.cases import Case, Utterance
from retrieval.catalog import Catalog
from retrieval.types import Credit, Item

GROUPS = ("horror", "comedy", "western", "war", "romance", "animation")
PER_GROUP = 12


class WordEncoder:
    """Texts as normalised sums of random word vectors: deterministic, and alike for texts that share words."""

    dimensions = 32

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for place, text in enumerate(texts):
            for word in text.casefold().split():
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
                vectors[place] += np.random.default_rng(seed).normal(size=self.dimensions)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors this small are slower on two threads than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.from_items(
        Item(
            id=f"{group}-{number}",
            title=f"Tale {group[:2]}{number}",
            year=None if number == 0 else 1980 + number,
            genres=(group,),
            people=(Credit(f"Person {group}", "director"),),
            description="" if number == 1 else f"a {group} story",
        )
        for group in GROUPS
        for number in range(PER_GROUP)
    )


def _dialog(number: int) -> tuple[str, list[str]]:
    rng = np.random.default_rng(number)
    group = GROUPS[int(rng.integers(len(GROUPS)))]
    return group, [f"{group}-{item}" for item in rng.choice(PER_GROUP, 5, replace=False)]


@pytest.fixture(scope="session")
def interactions() -> pd.DataFrame:
    rows = [(f"d{number}", item, 1.0) for number in range(150) for item in _dialog(number)[1]]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])


def make_cases(numbers: range) -> tuple[Case, ...]:
    cases = []
    for number in numbers:
        group, items = _dialog(number)
        for cut in (0, 2):
            said = (Utterance("user", f"hello I want a {group} film"), Utterance("assistant", "let me think"))
            cases.append(Case(f"d{number}-{cut}", f"d{number}", said, tuple(items[:cut]), tuple(items[cut : cut + 1])))
    return tuple(cases)


@pytest.fixture(scope="session")
def cases() -> tuple[Case, ...]:
    return make_cases(range(100))


@pytest.fixture(scope="session")
def test_cases() -> tuple[Case, ...]:
    return make_cases(range(1000, 1040))
