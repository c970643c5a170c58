from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assistant.settings import Settings
from prompts import load
from prompts.evaluation import session
from prompts.evaluation.cache import AnswerCache
from prompts.evaluation.cases import Case, CaseError
from prompts.evaluation.gates import broken
from prompts.evaluation.judging import (
    BAR,
    CRITERIA,
    LABELS,
    Judge,
    JudgeOptions,
    Label,
    Weights,
    agreement,
    measure,
    read_labels,
    try_judge,
    weights_of,
)
from prompts.evaluation.measures import SuiteRun
from prompts.evaluation.report import judge_lines, judge_table, summary, write
from prompts.evaluation.runner import MakeBench, run_suite
from prompts.evaluation.suites import suite
from retrieval.catalog import Catalog
from tests.fakes import QueueModel
from tests.prompts.evaluation.conftest import Write

YES, NO = '{"verdict": "yes"}', '{"verdict": "no"}'
WEIGHTS = Weights("llama.cpp:a", "1" * 64)
HELPFUL = {"criterion": "helpful", "text": "A drama.", "wishes": ["ghosts"], "label": "no", "part": "held-out"}


def labels(*good: bool) -> tuple[Label, ...]:
    inputs = {"title": "T", "wishes": [], "liked": []}
    return tuple(
        Label(f"h{number}", "helpful", {**inputs, "text": f"Line {number}"}, one, "held-out")
        for number, one in enumerate(good)
    )


def test_kappa_is_that_of_the_textbook() -> None:
    # Cohen's example of a 2 x 2 table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; kappa is 0.4.
    given = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agreement("helpful", [label for label, _ in given], [verdict for _, verdict in given])
    assert found.kappa == pytest.approx(0.4)
    assert found.accuracy == pytest.approx(0.7)
    assert found.low < 0.4 < found.high
    assert found.counts == ((15, 10), (5, 20))
    assert not found.may_gate


def test_missing_verdicts_count_as_wrong() -> None:
    found = agreement("helpful", [True, False, True, False], [True, False, None, None])
    assert (found.unanswered, found.accuracy, found.kappa) == (2, 0.5, 1.0)
    assert found.plain()["may_gate"]
    always = agreement("helpful", [True, True], [True, True])
    assert always.plain()["kappa"] is None
    assert not always.may_gate
    assert agreement("helpful", [], []).plain()["low"] is None


def test_a_trial_is_cached_stops_in_time_and_tells_where_it_differs(cache: AnswerCache) -> None:
    model = QueueModel([YES, NO, YES, "nonsense"])
    judge, cases = Judge(model, cache), labels(True, False, False, True)
    trial = try_judge(judge, WEIGHTS, cases, progress=False)
    assert trial.agreements[0].counts == ((1, 1), (0, 1))
    assert [one["id"] for one in trial.missed] == ["h2", "h3"]
    assert try_judge(judge, WEIGHTS, cases, progress=False) == trial  # the queue is empty: nothing was asked again
    late = try_judge(judge.until(time.monotonic() - 1), WEIGHTS, (*cases, *labels(*[True] * 6)[4:]), progress=False)
    assert late.stopped
    assert late.agreements[0].cases == 4


def test_a_judge_says_who_it_is_and_whom_it_judges(cache: AnswerCache, tmp_path: Path) -> None:
    trial = try_judge(Judge(QueueModel(default=YES), cache), WEIGHTS, labels(True, False), progress=False)
    assert not trial.pinned
    same = summary((), {}, (), trial.plain(Weights("llama.cpp:b", WEIGHTS.sha256)))
    told = " ".join(judge_lines(same["judge"]))
    assert "its own answers" in told
    assert "not the weights" in told
    assert "break no gate" in told
    other = " ".join(judge_lines(trial.plain(Weights("vllm:other"))))
    assert "judges another model: vllm:other" in other
    assert Weights("vllm:same").same(Weights("llama.cpp:same"))
    assert judge_table(same["judge"]).row_count == 1
    _, page = write(same, tmp_path)
    assert "its own answers" in page.read_text()


def test_the_prompts_are_pinned_to_the_weights_of_the_manifest() -> None:
    from assistant.engines import DEFAULT_WEIGHTS
    from assistant.provisioning.manifest import load_manifest

    files = {file.path.rpartition("/")[2]: file.sha256 for file in load_manifest()["llm"].files}
    for criterion in CRITERIA:
        assert load(f"judge-{criterion}").parameters["weights"] == files[DEFAULT_WEIGHTS]


def test_weights_are_known_by_their_file(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"weights")
    model = QueueModel()
    settings = Settings().but(llm_model=str(path))
    assert weights_of(model, settings) == Weights("fake:queue")
    model.kind = "llama.cpp"
    assert weights_of(model, settings).sha256.startswith("9a129038")
    assert JudgeOptions("http://127.0.0.1:1/v1", "big").settings(settings).engine == "address"
    assert JudgeOptions("llama.cpp", "b.gguf").settings(settings).llm_model == "b.gguf"


def test_labels_that_come_along_are_enough_and_of_both_kinds() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    held = [row for row in rows if row["part"] == "held-out"]
    assert len(held) >= 100
    for criterion in CRITERIA:
        own = [row["label"] for row in held if row["criterion"] == criterion]
        assert 0.3 <= own.count("no") / len(own) <= 0.7


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"label": "maybe"}, "'label' must be one of yes, no"),
        ({"criterion": "nice"}, "'criterion' must be one of helpful, faithful"),
        ({"item": "gone"}, "the catalog has no item 'gone'"),
        ({"wishes": "ghosts"}, "'wishes' must be a list of strings"),
        ({"part": "tuning"}, "no labels of the part 'held-out'"),
    ],
)
def test_malformed_labels_are_named(
    change: dict[str, object], reason: str, write: Write, tiny_parts: tuple[Catalog, object, object]
) -> None:
    catalog = tiny_parts[0]
    good = {**HELPFUL, "item": catalog.ids[0]}
    assert read_labels(write([good]), catalog, "held-out")[0].inputs["wishes"] == ["ghosts"]
    with pytest.raises(CaseError, match=reason):
        read_labels(write([{**good, **change}]), catalog, "held-out")


def test_the_rationale_suite_asks_the_judge_about_what_rules_let_pass(
    make_bench: MakeBench, cache: AnswerCache
) -> None:
    case = Case("r", {"id": "r", "language": "en", "likes": ["Inception"], "genres": ["science fiction"]}, "c:1")
    writer = QueueModel(["1. A story.\n2. Steven Spielberg won an Oscar.\n"])
    asked = QueueModel([YES, NO])
    run = run_suite(
        suite("rationales"),
        (case,),
        load("explain"),
        make_bench,
        writer,
        cache,
        progress=False,
        judge=Judge(asked, cache),
    )
    result = run.results[0]
    assert result.measures[measure("helpful")] == (1.0, 1.0)
    assert result.measures[measure("faithful")] == (0.0, 1.0)
    assert any("not faithful: A story" in note for note in result.notes)
    assert len(asked.prompts) == 2  # the invented sentence is the rules' business


def test_a_judge_below_the_bar_breaks_no_gate(cache: AnswerCache) -> None:
    name = measure("helpful")
    gates = {"rationales": {name: {"min": 0.9}}}
    trial = try_judge(Judge(QueueModel(default=YES), cache), WEIGHTS, labels(True, False), progress=False)
    run = _run(name)
    assert trial.no_gates == {measure(criterion) for criterion in CRITERIA}
    assert broken((run,), "full", gates, trial.no_gates) == ()
    sure = replace(trial, agreements=(replace(trial.agreements[0], kappa=BAR),))
    assert len(broken((run,), "full", gates, sure.no_gates)) == 1


def _run(name: str) -> SuiteRun:
    from prompts.evaluation.measures import CaseResult

    return SuiteRun("rationales", "explain@6", "fake", (CaseResult("a", True, {name: (0.0, 1.0)}),))


def test_an_evaluation_with_a_judge_reports_its_trial(
    make_bench: MakeBench, tiny_folder: Path, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "catalogs").mkdir(parents=True)
    (home / "catalogs" / "movies").symlink_to(tiny_folder)
    monkeypatch.setenv("CONCIERGE_HOME", str(home))
    good = {**HELPFUL, "item": Catalog.load(tiny_folder).ids[0]}
    monkeypatch.setattr(session, "LABELS", write([good, {**good, "id": "b", "text": "A ghost.", "label": "yes"}]))
    model = QueueModel(["no verdict", YES, "1. A story.\n", YES, NO])

    @contextmanager
    def opened(*_: object) -> Iterator[tuple[MakeBench, QueueModel]]:
        yield make_bench, model

    monkeypatch.setattr(session, "opened", opened)
    cases = tmp_path / "rationales.jsonl"
    cases.write_text('{"language": "en", "likes": ["Inception"], "genres": ["science fiction"]}\n')
    options = session.Options(cases=cases, out=tmp_path / "report", judge=JudgeOptions())
    session.run_evaluation(("rationales",), options, Console(stderr=True))
    told = json.loads((tmp_path / "report" / "report.json").read_text())
    assert told["judge"]["same_weights"]
    assert told["judge"]["agreement"][0]["unanswered"] == 1
    measures = {row["measure"]: row["value"] for row in told["suites"][0]["measures"]}
    assert (measures["judged_helpful"], measures["judged_faithful"]) == (1.0, 0.0)
    assert not [line for line in told["gates_broken"] if "judged" in line]
