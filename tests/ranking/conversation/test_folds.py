"""The features that the ranker learns from come from parts that have not seen the turn's dialog."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ranking.conversation.cases import Case
from ranking.conversation.corpus import Corpus, build_corpus
from ranking.conversation.encoding import Encoder, batch_without, encode_turns
from ranking.conversation.features import score_all, tabulate
from ranking.conversation.fitting import ConversationConfig, catalog_parts, dialog_folds, dialog_parts, unseen_table
from ranking.conversation.parts.network import ItemFacts
from ranking.conversation.parts.networks import Networks
from ranking.conversation.parts.neural import NeuralConfig
from retrieval.catalog import Catalog


def _turns(corpus: Corpus) -> set[int]:
    return {turn.own for turn in corpus.turns}


def test_dialogs_that_lie_together_are_in_one_fold_with_those_between_them(
    catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case]
) -> None:
    corpus = build_corpus(catalog, interactions, cases)  # 150 dialogs; the first 100 have turns.
    fold = dialog_folds(corpus, 4)
    assert (np.diff(fold[:100]) >= 0).all()
    assert np.bincount(fold[:100]).tolist() == [25, 25, 25, 25]
    assert (fold[100:] == -1).all()
    some = build_corpus(catalog, interactions, [case for case in cases if int(case.dialog[1:]) % 3 == 0])
    assert (dialog_folds(some, 2) >= 0).sum() > len(_turns(some))


def test_features_of_a_turn_are_those_of_parts_without_its_fold(
    catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case], encoder: Encoder
) -> None:
    corpus = build_corpus(catalog, interactions, cases)
    batch = encode_turns(corpus.turns, encoder)
    config = ConversationConfig(checked_turns=5, candidates_a_turn=1000)
    vectors, fold = encoder.encode(catalog.titles), dialog_folds(corpus, 2)
    fixed = catalog_parts(catalog, vectors, None)
    tiny = NeuralConfig(width=8, heads=2, epochs=1, fewest_steps=40, batch=64)
    networks = Networks.fit(corpus, batch, fold, (vectors, ItemFacts(catalog)), tiny, 1, progress=False)
    ranked = np.array([3, 120, 0])
    table, whole, places = unseen_table(corpus, batch, fold, fixed, networks, ranked, config, False)
    assert table.sizes.shape == (3,)
    assert sorted(places) == [0, 1, 2]
    assert whole.sizes.sum() == table.sizes.sum()
    rest, told = batch_without(corpus, batch, fold == 1)
    assert len(rest.turns) == len(told) == 100
    parts = [*dialog_parts(rest, told, config), *fixed, networks.unseen(1)]
    alone = tabulate(score_all(parts, batch.take(ranked[1:2])), batch.take(ranked[1:2]))
    np.testing.assert_array_equal(table.rows[table.turn == 1], alone.rows)
    np.testing.assert_allclose(table.features[table.turn == 1], alone.features, atol=1e-5)


def test_a_dialog_names_what_its_cases_and_its_ratings_have(catalog: Catalog) -> None:
    rated = pd.DataFrame({"user_id": ["a"] * 3 + ["b"] * 2, "item_id": ["war-1", "war-2", "war-3", "war-4", "war-5"]})
    told = (Case("1", "a", (), ("war-7", "war-2"), ("war-1",)), Case("2", "b", (), ("horror-1",), ("horror-2",)))
    corpus = build_corpus(catalog, rated, told)
    assert corpus.keys == ("a", "b", "b (cases)")
    named = [[catalog.ids[row] for row in rows] for rows in corpus.dialogs]
    assert named == [["war-7", "war-2", "war-1", "war-3"], ["war-4", "war-5"], ["horror-1", "horror-2"]]
    assert [turn.own for turn in corpus.turns] == [0, 2]
