"""Cases and interactions with odd corners: they train and are measured all the same."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ranking.conversation.bench import bench_conversation, measure
from ranking.conversation.cases import Case, read_cases
from ranking.conversation.choice import HYBRID, choose
from ranking.conversation.corpus import to_turn
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.features import Table
from ranking.conversation.fitting import MOST_TOLD, ConversationConfig, prepare
from ranking.conversation.learner import Learner, LearnerConfig
from ranking.conversation.parts import collaborative
from ranking.conversation.parts.neural import NeuralConfig
from ranking.conversation.store import META_FILE, load_model, save_model
from ranking.conversation.train import fit_and_save
from retrieval.catalog import Catalog

TINY = ConversationConfig(
    fewest_turns=10,
    folds=2,
    networks_a_fold=1,
    neural=NeuralConfig(width=8, heads=2, epochs=1, fewest_steps=20, batch=64),
    learner=LearnerConfig(most_trees=10, patience=10, leaves=7, least_in_leaf=5, threads=1),
)


def _write(path: Path, records: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


ODD = (
    {"id": "no context", "gold": ["war-1"]},
    {"id": "nothing named", "context": None, "mentioned": None, "gold": ["war-2"]},
    {"id": "no gold", "context": [], "mentioned": ["war-1"], "gold": []},
    {"id": "foreign gold", "context": [], "mentioned": ["war-3"], "gold": ["elsewhere"]},
    {"id": "named gold", "context": [], "mentioned": ["war-3", "war-4"], "gold": ["war-4"]},
    {"id": "partly named gold", "context": [], "mentioned": ["war-3"], "gold": ["war-3", "war-5"]},
    {"id": "foreign names", "context": [], "mentioned": ["elsewhere"], "gold": ["war-6"]},
    {"id": "silence", "context": [{"role": "user", "text": " "}, {"role": "robot"}], "gold": ["war-7"]},
)


def test_odd_cases_train_and_are_measured(
    catalog: Catalog, interactions: pd.DataFrame, encoder: Encoder, tmp_path: Path
) -> None:
    path = _write(tmp_path / "odd.jsonl", ODD)
    fit_and_save(catalog, interactions, read_cases(path), tmp_path / "out", encoder, config=TINY, progress=False)
    found = bench_conversation(tmp_path / "out", path, encoder, "none", ablation=True, progress=False)
    assert (found.cases, found.gold) == (8, 6)
    assert all(np.isfinite(ranks.ranks).all() and (ranks.ranks >= 1).all() for ranks in found.ranks.values())


def test_gold_that_was_mentioned_is_no_gold(catalog: Catalog) -> None:
    turn = to_turn(catalog, Case("1", "1", (), ("war-3",), ("war-3", "war-5", "elsewhere")))
    assert turn.gold.tolist() == [catalog.row("war-5")]


def test_people_with_one_rating_each_teach_what_is_popular(catalog: Catalog, encoder: Encoder, tmp_path: Path) -> None:
    rated = ["war-1"] * 40 + ["war-2"] * 20 + ["horror-1"] * 5
    frame = pd.DataFrame({"user_id": [f"u{number}" for number in range(65)], "item_id": rated, "rating": 1.0})
    fit_and_save(catalog, frame, [], tmp_path / "out", encoder, config=TINY, progress=False)
    path = _write(tmp_path / "cases.jsonl", [{"context": [], "gold": ["war-1"]}])
    assert bench_conversation(tmp_path / "out", path, encoder, progress=False).metrics["R@5"] == 1.0


def _history(catalog: Catalog, length: int) -> pd.DataFrame:
    rows = [(f"u{user}", item) for user in range(40) for item in catalog.ids[user % 5 : user % 5 + length]]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def test_of_too_many_interactions_those_of_some_people_are_used(catalog: Catalog) -> None:
    config = ConversationConfig(fewest_turns=10, most_interactions=100)
    case = Case("1", "u39", (), ("horror-5",), ("horror-6",))
    corpus = prepare(catalog, _history(catalog, 4), [case], config)
    assert len(corpus.dialogs) == 25
    assert "u39" in corpus.keys


def test_what_is_named_too_seldom_has_no_co_mentions(
    catalog: Catalog, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collaborative, "MOST_ITEMS", 6)
    corpus = prepare(catalog, _history(catalog, 8), [], ConversationConfig(fewest_turns=10))
    batch = encode_turns(corpus.turns, encoder)
    for part in (collaborative.CoMentions.fit(corpus), collaborative.DialogEASE.fit(corpus, 1.0, "ease")):
        for name, scores in part.scores(batch).items():
            assert np.count_nonzero(scores.any(axis=0)) <= 6, name
            assert (scores >= 0).all() or name.startswith("ease"), name


@pytest.mark.parametrize("length", [4, 30])
def test_invented_turns_are_of_all_of_a_history_and_no_longer_than_a_conversation(
    catalog: Catalog, length: int
) -> None:
    corpus = prepare(catalog, _history(catalog, length), [], ConversationConfig(fewest_turns=100))
    assert len(corpus.turns) == 160
    for turn in corpus.turns:
        dialog = corpus.dialogs[turn.own]
        assert len(turn.gold) == 1
        assert len(turn.mentioned) < min(length, MOST_TOLD)
        assert set(turn.gold) <= set(dialog) - set(turn.mentioned)
    assert {len(turn.mentioned) for turn in corpus.turns} == set(range(min(length, MOST_TOLD)))
    later = [np.flatnonzero(corpus.dialogs[turn.own] == turn.gold[0])[0] for turn in corpus.turns]
    assert max(later) == length - 1


def test_a_part_that_does_better_for_unseen_dialogs_serves(
    catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case], encoder: Encoder, tmp_path: Path
) -> None:
    result = fit_and_save(catalog, interactions, cases, tmp_path, encoder, config=TINY, progress=False)
    assert set(json.loads((tmp_path / META_FILE).read_text())["choice"]["measured"]) == set(result.choice.measured)
    model = replace(load_model(tmp_path), chosen="pop_named")
    save_model(model, tmp_path / "popular", {})
    model = load_model(tmp_path / "popular")
    found = measure(model, cases[:20], encoder, "", {HYBRID: model.serving, "popularity": "pop_named"}, progress=False)
    assert found.ranks[HYBRID].ranks.tolist() == found.ranks["popularity"].ranks.tolist()


class _Wrong(Learner):
    """Prefers what is not gold."""

    def held_out(self, table: Table, fold: np.ndarray) -> np.ndarray:
        return -table.gold.astype(float)


def test_the_choice_is_by_held_out_turns() -> None:
    gold = np.array([True, False, False, False, True])
    features = np.stack([gold, np.arange(5)], axis=1).astype(np.float32)
    table = Table(("heavy_sum", "pop_named"), np.arange(5), features, gold, np.array([3, 2]))
    choice = choose(_Wrong((), ()), table, np.zeros(2, np.int64), gold=4)
    assert (choice.system, choice.score, choice.gold) == ("CF only (EASE over dialogs)", "heavy_sum", 4)
    assert choice.measured["CF only (EASE over dialogs)"] == 0.5  # Half the gold is among no candidates.
    none = Table(table.names, table.rows[:0], features[:0], gold[:0], np.zeros(0, np.int64))
    assert choose(_Wrong((), ()), none, np.zeros(0, np.int64), gold=0).system == HYBRID
