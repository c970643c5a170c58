"""The networks learn the planted pattern, over all items or a sample of them, and the same each time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
import torch

from ranking.conversation.cases import Case
from ranking.conversation.corpus import Corpus, build_corpus
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.fitting import ConversationConfig, dialog_folds, item_vectors, turns_to_rank
from ranking.conversation.parts.network import ItemFacts
from ranking.conversation.parts.networks import Networks
from ranking.conversation.parts.neural import NeuralConfig
from ranking.conversation.parts.types import Batch
from retrieval.catalog import Catalog

SMALL = NeuralConfig(width=16, heads=2, epochs=3, fewest_steps=40, batch=64)


@pytest.fixture(scope="module")
def corpus(catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case]) -> Corpus:
    return build_corpus(catalog, interactions, cases)


@pytest.fixture(scope="module")
def batch(corpus: Corpus, encoder: Encoder) -> Batch:
    return encode_turns(corpus.turns, encoder)


def _fit(catalog: Catalog, corpus: Corpus, batch: Batch, encoder: Encoder, config: NeuralConfig) -> Networks:
    items = (item_vectors(catalog, encoder, 10_000, False), ItemFacts(catalog))
    return Networks.fit(corpus, batch, dialog_folds(corpus, 2), items, config, 1, progress=False)


@pytest.mark.parametrize("classes", [1000, 20])
def test_items_of_the_right_group_come_first(
    catalog: Catalog, corpus: Corpus, batch: Batch, encoder: Encoder, classes: int
) -> None:
    config = NeuralConfig(width=16, heads=2, fewest_steps=60, batch=64, learning_rate=0.02, classes=classes)
    found = _fit(catalog, corpus, batch, encoder, config).scores(batch)["neural"]
    best = np.argsort(-found, axis=1)[:, :5]
    groups = np.array([item.rpartition("-")[0] for item in catalog.ids])
    wanted = np.array([groups[turn.gold[0]] for turn in batch.turns])
    assert (groups[best] == wanted[:, None]).mean() > 0.8


def test_threads_do_not_change_what_is_learned(
    catalog: Catalog, corpus: Corpus, batch: Batch, encoder: Encoder
) -> None:
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(_fit(catalog, corpus, batch, encoder, SMALL).scores(batch)["neural"])
        assert torch.get_num_threads() == threads
    torch.set_num_threads(1)
    np.testing.assert_allclose(found[0], found[1], atol=1e-4)


def test_each_fold_has_networks_that_have_not_seen_it(
    catalog: Catalog, corpus: Corpus, batch: Batch, encoder: Encoder
) -> None:
    networks = _fit(catalog, corpus, batch, encoder, SMALL)
    assert networks.folds == (0, 1)
    assert networks.unseen(1).members == networks.members[1:]
    mean = (networks.unseen(0).scores(batch)["neural"] + networks.unseen(1).scores(batch)["neural"]) / 2
    np.testing.assert_allclose(networks.scores(batch)["neural"], mean, atol=1e-5)


def test_in_a_large_catalog_the_ranker_learns_from_fewer_dialogs_and_shorter_texts(
    catalog: Catalog, corpus: Corpus
) -> None:
    config = ConversationConfig(most_cells=50 * len(catalog), fewest_turns=10)
    kept = turns_to_rank(corpus.turns, len(catalog), config)
    assert 40 <= len(kept) <= 50
    left = {turn.own for turn in corpus.turns} - {corpus.turns[place].own for place in kept}
    assert sum(turn.own in left for turn in corpus.turns) == len(corpus.turns) - len(kept)
    assert len(turns_to_rank(corpus.turns, len(catalog), ConversationConfig())) == len(corpus.turns)


def test_places_are_spread_over_dialogs(catalog: Catalog) -> None:
    long, short = np.arange(60), np.arange(3)
    corpus = Corpus(len(catalog), ("a", "b"), (long, short))
    assert len(corpus.places(1000)) == 63
    few = corpus.places(4)
    assert len(few) == 4
    assert few == corpus.places(4)
