"""From files to a trained model to a bench, on a planted pattern."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ranking.conversation.bench import BenchResult, bench_conversation, sample
from ranking.conversation.cases import Case
from ranking.conversation.choice import SINGLE
from ranking.conversation.encoding import Encoder
from ranking.conversation.fitting import ConversationConfig
from ranking.conversation.learner import LearnerConfig
from ranking.conversation.parts.neural import NeuralConfig
from ranking.conversation.report import ablation_text, write_report
from ranking.conversation.store import META_FILE, ModelError
from ranking.conversation.train import fit_and_save, train_conversation
from retrieval.catalog import Catalog
from retrieval.tables import ReadProblem

SMALL = ConversationConfig(
    fewest_turns=10,
    folds=2,
    networks_a_fold=1,
    candidates_a_turn=40,
    neural=NeuralConfig(width=16, heads=2, epochs=3, fewest_steps=10, batch=64),
    learner=LearnerConfig(most_trees=30, patience=30, leaves=7, least_in_leaf=5, threads=1),
)


def _write(cases: Sequence[Case], path: Path) -> Path:
    with path.open("w") as file:
        for case in cases:
            context = [{"role": said.role, "text": said.text} for said in case.context]
            record = {"id": case.id, "dialog": case.dialog, "context": context}
            file.write(json.dumps({**record, "mentioned": case.mentioned, "gold": case.gold}) + "\n")
    return path


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    catalog: Catalog,
    interactions: pd.DataFrame,
    cases: Sequence[Case],
    test_cases: Sequence[Case],
    encoder: Encoder,
) -> Path:
    folder = tmp_path_factory.mktemp("conversation")
    _write(test_cases, folder / "test.jsonl")
    with (folder / "catalog.jsonl").open("w") as file:
        for row in range(len(catalog)):
            item = catalog.item(row)
            directors = [credit.name for credit in item.people]
            record = {"id": item.id, "title": item.title, "year": item.year, "genres": item.genres}
            file.write(json.dumps({**record, "directors": directors, "description": item.description}) + "\n")
    interactions.to_csv(folder / "interactions.csv", index=False)
    paths = [_write(cases[:100], folder / "one.jsonl"), _write(cases[100:], folder / "two.jsonl")]
    result = train_conversation(
        folder / "catalog.jsonl",
        folder / "interactions.csv",
        paths,
        folder / "model",
        encoder,
        ablate=True,
        config=SMALL,
        progress=False,
    )
    assert (result.dialogs, result.turns) == (150, 200)
    return folder


@pytest.fixture(scope="module")
def result(folder: Path, encoder: Encoder) -> BenchResult:
    return bench_conversation(folder / "model", folder / "test.jsonl", encoder, ablation=True, progress=False)


def test_the_planted_pattern_is_found_and_popularity_is_beaten(result: BenchResult) -> None:
    popularity = result.ranks["popularity"].means()["R@10"]
    assert result.metrics["R@10"] > max(0.6, 2 * popularity)
    assert result.against()["popularity"].low > 0


def test_the_json_has_the_promised_keys(result: BenchResult) -> None:
    content = json.loads(json.dumps(result.as_json()))
    assert set(content) == {"metrics", "ci95", "system", "cases", "gold"}
    assert set(content["metrics"]) == {"R@1", "R@5", "R@10", "R@20", "R@50", "NDCG@10", "MRR"}
    assert (content["cases"], content["gold"]) == (80, 80)
    low, high = content["ci95"]["R@10"]
    assert low <= content["metrics"]["R@10"] <= high


def test_the_ablation_has_single_parts_and_rankers_without_a_group(result: BenchResult, tmp_path: Path) -> None:
    assert set(SINGLE) <= set(result.ranks)
    assert {"hybrid without network", "hybrid without co-mentions"} <= set(result.ranks)
    assert "hybrid without facts" in ablation_text(result)
    page, picture = write_report(result, tmp_path)
    assert "hybrid without facts" in page.read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_same_bench_gives_the_same_figures(folder: Path, encoder: Encoder, result: BenchResult) -> None:
    again = bench_conversation(folder / "model", folder / "test.jsonl", encoder, progress=False)
    assert again.metrics == pytest.approx(dict(result.metrics))


def test_understanding_by_model_goes_through_the_reader(folder: Path, encoder: Encoder) -> None:
    read: list[str] = []

    def reader(case: Case) -> Case:
        read.append(case.id)
        return case

    found = bench_conversation(
        folder / "model", folder / "test.jsonl", encoder, "llm", limit=10, reader=reader, progress=False
    )
    assert len(read) == found.cases == 10
    with pytest.raises(ValueError, match="needs an engine"):
        bench_conversation(folder / "model", folder / "test.jsonl", encoder, "llm", progress=False)


def test_gold_that_the_catalog_lacks_counts_as_missed(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    case = {"id": "x", "dialog": "x", "context": [], "mentioned": ["nowhere"], "gold": ["unknown"]}
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(case))
    found = bench_conversation(folder / "model", path, encoder, "none", progress=False)
    assert found.gold == 1
    assert found.metrics["R@50"] == 0


def test_no_model_and_a_damaged_one_are_named(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="concierge train"):
        bench_conversation(tmp_path, folder / "test.jsonl", encoder)
    (tmp_path / META_FILE).write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        bench_conversation(tmp_path, folder / "test.jsonl", encoder)
    (tmp_path / META_FILE).write_text('{"format": 3, "parts": [], "known_dialogs": []}')
    with pytest.raises(ModelError, match="incomplete"):
        bench_conversation(tmp_path, folder / "test.jsonl", encoder)


def test_without_cases_turns_are_made_from_the_interactions(
    catalog: Catalog, interactions: pd.DataFrame, encoder: Encoder, folder: Path, tmp_path: Path
) -> None:
    fit_and_save(catalog, interactions, [], tmp_path, encoder, config=SMALL, progress=False)
    found = bench_conversation(tmp_path, folder / "test.jsonl", encoder, ablation=True, progress=False)
    assert found.metrics["R@10"] > found.ranks["popularity"].means()["R@10"]


def test_an_empty_interactions_file_is_refused(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("user_id,item_id,rating\n")
    with pytest.raises(ReadProblem, match=r"empty\.csv"):
        train_conversation(folder / "catalog.jsonl", empty, [], tmp_path / "out", encoder)


def test_nothing_to_learn_from_is_refused(catalog: Catalog, encoder: Encoder, tmp_path: Path) -> None:
    foreign = pd.DataFrame({"user_id": ["a", "a"], "item_id": ["x", "y"]})
    with pytest.raises(ValueError, match="no interaction names an item"):
        fit_and_save(catalog, foreign, [], tmp_path, encoder, progress=False)
    alone = pd.DataFrame({"user_id": ["a", "b"], "item_id": ["war-1", "war-2"]})
    with pytest.raises(ValueError, match="nothing to learn from"):
        fit_and_save(catalog, alone, [], tmp_path, encoder, progress=False)


def test_a_sample_is_fixed_and_in_order(cases: Sequence[Case]) -> None:
    chosen = sample(cases, 20, 0)
    assert chosen == sample(cases, 20, 0)
    places = [cases.index(case) for case in chosen]
    assert places == sorted(places)
    assert len(np.unique(places)) == 20
    assert sample(cases, None, 0) == tuple(cases)
