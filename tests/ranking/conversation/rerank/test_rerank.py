"""A second look: the cross-encoder learns what the ranking lacks, and only the order of the best changes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from ranking.conversation.bench import bench_conversation
from ranking.conversation.cases import Case, Utterance
from ranking.conversation.corpus import Turn, to_turn
from ranking.conversation.encoding import Encoder
from ranking.conversation.features import Table
from ranking.conversation.fitting import ConversationConfig
from ranking.conversation.learner import LearnerConfig
from ranking.conversation.parts.neural import NeuralConfig
from ranking.conversation.rerank.cross_encoder import CrossEncoder, spoken
from ranking.conversation.rerank.fine_tuning import CrossEncoderConfig
from ranking.conversation.rerank.groups import Group, make_groups
from ranking.conversation.rerank.network import CrossNetwork
from ranking.conversation.rerank.reranker import reranked
from ranking.conversation.store import ModelError
from ranking.conversation.train import fit_and_save
from retrieval.catalog import Catalog

KINDS = ("horror", "comedy", "western", "war", "romance", "animation")
SMALL = CrossEncoderConfig(
    said_tokens=12, item_tokens=12, depth=20, rivals=3, nearest=6, batch=16, epochs=20, learning_rate=3e-3, minutes=1.0
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained BERT with the words of the planted pattern."""
    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *KINDS, "hello", "i", "want", "a", "film", "user", ":"]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(words), max_position_embeddings=64, hidden_dropout_prob=0.0, **sizes)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def _turn(catalog: Catalog, kind: str, number: int) -> Turn:
    case = Case(str(number), str(number), (Utterance("user", f"i want a {kind} film"),), (), (f"{kind}-2",))
    return to_turn(catalog, case, number)


@pytest.fixture(scope="module")
def groups(catalog: Catalog) -> tuple[Group, ...]:
    """The ranking knows nothing: it gives every item the same score. What was said decides."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(240):
        kind = KINDS[number % len(KINDS)]
        gold = catalog.row(f"{kind}-{rng.integers(12)}")
        others = [catalog.row(f"{other}-{rng.integers(12)}") for other in KINDS * 2 if other != kind]
        rows = np.array([gold, *dict.fromkeys(others)][:7])
        found.append(Group(_turn(catalog, kind, number), rows, np.zeros(len(rows)), 1))
    return tuple(found)


@pytest.fixture(scope="module")
def trained(base: Path, catalog: Catalog, groups: tuple[Group, ...]) -> CrossEncoder:
    return CrossEncoder.fit(base, catalog, groups, SMALL, progress=False)


def test_it_learns_to_match_what_was_said(trained: CrossEncoder, catalog: Catalog) -> None:
    assert trained.weight > 0
    for kind in KINDS:
        rows = catalog.rows([f"{other}-5" for other in KINDS])
        best = rows[trained.scores(_turn(catalog, kind, 1), rows).argmax()]
        assert catalog.ids[best] == f"{kind}-5"


def test_saved_and_loaded_it_is_the_same(trained: CrossEncoder, catalog: Catalog, tmp_path: Path) -> None:
    """Weights are kept in half precision; scores are compared between models that both were."""
    trained.save(tmp_path / "once")
    loaded = CrossEncoder.load(tmp_path / "once", catalog)
    assert loaded.weight == trained.weight
    weights = loaded.network.state_dict()
    assert all(torch.equal(value.half(), weights[name].half()) for name, value in trained.network.state_dict().items())
    loaded.save(tmp_path / "twice")
    again = CrossEncoder.load(tmp_path / "twice", catalog)
    turn, rows = _turn(catalog, "war", 1), np.arange(10)
    assert again.scores(turn, rows).tolist() == loaded.scores(turn, rows).tolist()
    with pytest.raises(ModelError, match="--cross-encoder"):
        CrossEncoder.load(tmp_path / "nowhere", catalog)


def test_a_score_that_says_nothing_weighs_nothing(base: Path, catalog: Catalog, groups: tuple[Group, ...]) -> None:
    noise = np.random.default_rng(1)
    silent = [
        replace(group, turn=_turn(catalog, KINDS[noise.integers(6)], group.turn.own), prior=np.eye(len(group.rows))[0])
        for group in groups
    ]
    found = CrossEncoder.fit(base, catalog, silent, replace(SMALL, epochs=1), progress=False)
    assert found.weight < 0.5


def test_too_few_groups_are_refused(base: Path, catalog: Catalog, groups: tuple[Group, ...]) -> None:
    with pytest.raises(ValueError, match="too few"):
        CrossEncoder.fit(base, catalog, groups[:2], SMALL, progress=False)


def test_items_do_not_see_each_other_and_padding_is_not_seen(base: Path) -> None:
    torch.manual_seed(1)
    network = CrossNetwork(BertModel.from_pretrained(base, add_pooling_layer=False), 16).eval()
    said, items = torch.randint(5, 18, (2, 9)), torch.randint(5, 18, (2, 4, 7))
    said[0, 6:], items[:, 1, 5:] = 0, 0
    with torch.inference_mode():
        together = network(said, items)
        alone = torch.cat([network(said[:1, :6], items[:1, place : place + 1]) for place in range(4)], dim=1)
        short = network(said[1:], items[1:, 1:2, :5])
    torch.testing.assert_close(together[:1], alone, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together[1:, 1:2], short, atol=1e-4, rtol=1e-4)


def test_without_words_the_named_titles_are_read(catalog: Catalog) -> None:
    assert spoken(to_turn(catalog, Case("1", "1", (), ("war-2",), ())), catalog) == "user: I like Tale wa2 (1982)"
    assert spoken(to_turn(catalog, Case("1", "1", (), (), ())), catalog)


def test_groups_are_of_gold_near_the_best_and_its_nearest_rivals(catalog: Catalog) -> None:
    gold = np.array([False, True, False, False, False, False, True, False, False, False])
    table = Table(("x",), np.arange(10), np.zeros((10, 1), np.float32), gold, np.array([4, 2, 4]))
    turns = [_turn(catalog, "war", number) for number in range(3)]
    (group,) = make_groups(turns, table, np.array([3.0, 4.0, 2.0, 5.0, 9.0, 9.0, 1.0, 7.0, 8.0, 9.0]), 2)
    assert (group.rows.tolist(), group.prior.tolist(), group.gold) == ([1, 3, 0], [4.0, 5.0, 3.0], 1)


class _Backwards:
    depth, weight = 3, 10.0

    def scores(self, turn: Turn, rows: np.ndarray) -> np.ndarray:
        return np.arange(len(rows), dtype=float)


def test_only_the_best_change_places(catalog: Catalog) -> None:
    scores = np.array([0.1, 0.9, 0.5, -np.inf, 0.7, 0.3])
    found = reranked(scores, _turn(catalog, "war", 1), _Backwards())
    assert np.argsort(-found).tolist() == [2, 4, 1, 5, 0, 3]
    assert sorted(found) == sorted(scores)
    nothing = np.full(3, -np.inf)
    assert (reranked(nothing, _turn(catalog, "war", 1), _Backwards()) == nothing).all()


def test_trained_with_the_model_it_is_chosen_by_the_bench(
    catalog: Catalog,
    interactions: pd.DataFrame,
    cases: Sequence[Case],
    encoder: Encoder,
    base: Path,
    tmp_path: Path,
) -> None:
    config = ConversationConfig(
        fewest_turns=10,
        folds=2,
        networks_a_fold=1,
        neural=NeuralConfig(width=8, heads=2, epochs=1, fewest_steps=20, batch=64),
        learner=LearnerConfig(most_trees=10, patience=10, leaves=7, least_in_leaf=5, threads=1),
    )
    second = (base, replace(SMALL, epochs=1))
    fit_and_save(catalog, interactions, cases, tmp_path, encoder, config=config, progress=False, cross_encoder=second)
    path = tmp_path / "cases.jsonl"
    path.write_text('{"context": [{"role": "user", "text": "i want a war film"}], "gold": ["war-1"]}\n')
    found = bench_conversation(tmp_path, path, encoder, progress=False, rerank=CrossEncoder.load)
    assert len(found.ranks) == 2
    assert found.seconds is not None
    assert list(found.against()) == ["hybrid"]
    fit_and_save(catalog, interactions, cases, tmp_path, encoder, config=config, progress=False)
    with pytest.raises(ModelError, match="no usable cross-encoder"):
        bench_conversation(tmp_path, path, encoder, progress=False, rerank=CrossEncoder.load)
