from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from rich.console import Console

from assistant.acts import DialogueAct, Intent
from assistant.engines import EngineSettings, choose_engine
from assistant.state import DialogueState
from assistant.understanding.batch import as_record, run_understand, state_of
from prompts.evaluation.cache import AnswerCache, CachedModel
from prompts.evaluation.dialogue import (
    evaluate_iard,
    load_conversations,
    load_messages,
    play,
    run_dialogue_bench,
    score_messages,
)
from prompts.evaluation.dialogue.asking import ask_model
from prompts.evaluation.dialogue.bench import DialogueReport
from prompts.evaluation.dialogue.conversations import Conversation
from prompts.loader import load
from tests.fakes import QueueModel

REPLY = '{"intent":"recommend"}'


def test_the_cases_are_as_many_as_they_should_be() -> None:
    messages, conversations = load_messages(), load_conversations()
    assert len(messages) >= 150
    assert len({case["text"] for case in messages}) == len(messages)
    assert len(conversations) >= 60
    assert len({case.id for case in conversations}) == len(conversations)
    assert all(3 <= len(case.turns) <= 8 for case in conversations)


def test_conversations_with_the_fake(make_assistant) -> None:
    assistant = make_assistant(QueueModel(default=REPLY))
    outcomes = [play(conversation, assistant) for conversation in load_conversations()]
    assert sum(outcome.violations for outcome in outcomes) == 0
    assert sum(outcome.repeats for outcome in outcomes) == 0
    failed = [outcome for outcome in outcomes if not outcome.passed]
    assert len(failed) <= 0.05 * len(outcomes), [(outcome.id, outcome.problems) for outcome in failed]


def test_a_wrong_expectation_is_reported(make_assistant) -> None:
    script = Conversation(
        "x", "", ({"say": "a comedy", "genres": ["horror"], "intent": "chat", "same_as": 0, "event": "question"},)
    )
    problems = play(script, make_assistant(QueueModel(default=REPLY))).problems
    assert len(problems) == 4


def test_gold_messages_with_the_fake(make_assistant) -> None:
    """What needs no title of the real catalog: genres, years and polarity."""
    understander = make_assistant(QueueModel(default=REPLY)).understander
    catalog = understander.rules.catalog
    cases = [case for case in load_messages() if not case.get("shown")]
    score, _ = score_messages(
        cases,
        lambda case: as_record(understander.understand(case["text"], state_of(case, understander.rules)), catalog),
    )
    assert score.genre_f1 >= 0.9
    assert score.years >= 0.95
    assert score.polarity >= 0.95


def test_scoring_counts_misses_inventions_and_wrong_signs() -> None:
    empty = {"intent": "like", "like": [], "dislike": [], "genres": [], "not_genres": [], "people": [], "wishes": [],
             "refers_to": [], "year_from": None, "year_to": None}  # fmt: skip
    gold = {"text": "x", "expect": {**empty, "like": ["Up"], "genres": ["comedy"]}}
    score, misread = score_messages([gold], lambda _: {**empty, "dislike": ["Up"], "people": ["Me"], "year_from": 1990})
    assert (score.title_f1, score.genre_f1, score.polarity, score.years, score.spurious) == (1.0, 0.0, 0.0, 0.0, 2.0)
    assert len(misread) == 1


def test_intents_of_labelled_dialogues(tmp_path: Path) -> None:
    def turn(position: int, role: str, text: str, labels: list[str]) -> dict[str, object]:
        return {"utterance_pos": position, "role": role, "utterance_text": text, "sub-intent/action": labels}

    info = {
        "S1": turn(1, "seeker", "Hi, I like @1 <Up (2009)>", ["IQU"]),
        "R2": turn(2, "recommender", "Moon?", ["REC-S"]),
        "S3": turn(3, "seeker", "seen it", ["SEE"]),
    }
    path = tmp_path / "dialogues.json"
    path.write_text(json.dumps({"1": {"dialogue_info": info}}), encoding="utf-8")
    asked: list[tuple[str, bool]] = []

    def reader(text: str, state: DialogueState) -> DialogueAct:
        asked.append((text, bool(state.last_shown)))
        return DialogueAct(Intent.SEEN)

    score = evaluate_iard(path, reader)
    assert asked == [("Hi, I like Up (2009)", False), ("seen it", True)]
    assert (score.utterances, score.accuracy) == (2, 0.5)


def test_the_bench_compares_the_steps_and_writes_a_report(make_assistant, tmp_path: Path) -> None:
    inner = QueueModel(default='{"intent":"like","like":["Memento"],"genres":["horror"]}')
    model = CachedModel(inner, AnswerCache(tmp_path / "answers.sqlite"), "understand@2")
    assistant = make_assistant(None)
    expect = {"intent": "like", "like": ["Memento"], "dislike": [], "genres": [], "not_genres": [], "people": [],
              "wishes": [], "refers_to": [], "year_from": None, "year_to": None}  # fmt: skip
    report = run_dialogue_bench(
        assistant.understander, model, assistant.catalog, None,
        cases=[{"id": "a", "text": "I loved memento", "expect": expect}],
        report=tmp_path / "report.json", console=Console(quiet=True), progress=False,
    )  # fmt: skip
    assert report.systems["model alone"].spurious == 1.0
    assert report.systems["model + span check and linking"].spurious == 0.0
    assert report.systems["rules + model"].title_f1 == 1.0
    assert json.loads((tmp_path / "report.json").read_text())["schema_valid"] == 1.0


def test_a_model_whose_time_ends_is_compared_on_what_it_answered(make_assistant, tmp_path: Path) -> None:
    expect = {"intent": "chat", "like": [], "dislike": [], "genres": [], "not_genres": [], "people": [],
              "wishes": [], "refers_to": [], "year_from": None, "year_to": None}  # fmt: skip
    cases = [{"id": str(number), "text": f"message {number}", "expect": expect} for number in range(6)]
    assistant, cache = make_assistant(None), AnswerCache(tmp_path / "answers.sqlite")

    def run(inner: QueueModel, deadline: float | None) -> DialogueReport:
        model = CachedModel(inner, cache, "understand@2", name="q", deadline=deadline)
        return run_dialogue_bench(
            assistant.understander,
            model,
            assistant.catalog,
            None,
            cases=cases,
            console=Console(quiet=True),
            progress=False,
        )

    assert run(QueueModel(default="{}"), time.monotonic() - 1).asked == 0
    first = QueueModel(default="{}")
    assert run(first, None).asked == 6
    again = QueueModel(default="{}")
    assert run(again, time.monotonic() - 1).asked == 6  # from the cache
    assert again.prompts == []


def test_batch_keeps_lines_parallel_and_names_bad_ones(make_assistant, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        json.dumps({"id": "a", "text": "I loved Se7en, no horror, after 2005"}),
        "not json",
        json.dumps({"text": "the second one is great", "shown": ["up", "moon"]}),
        json.dumps({"text": 5}),
        json.dumps({"text": "only after 2000", "context": [{"role": "user", "text": "a comedy"}]}),
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    assistant = make_assistant(QueueModel(default=REPLY))
    assert run_understand(source, target, assistant.understander, assistant.catalog, progress=False) == 3
    first, second, third, fourth, fifth = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert (first["id"], first["like"], first["not_genres"], first["year_from"]) == ("a", ["Se7en"], ["horror"], 2006)
    assert first["spans"]
    assert "line 2" in second["error"]
    assert third["refers_to"] == ["moon"]
    assert "line 4" in fourth["error"]
    assert (fifth["intent"], fifth["year_from"]) == ("refine", 2001)


@pytest.mark.engine
@pytest.mark.realdata
@pytest.mark.slow
def test_schema_is_kept_by_the_default_engine(tmp_path: Path) -> None:
    home = Path(os.environ.get("CONCIERGE_HOME", "~/.cache/concierge")).expanduser()
    engine = choose_engine(EngineSettings(home=home, kind="llama.cpp"))
    assert engine is not None
    with engine:
        assert engine.wait_ready(120)
        answers = ask_model(
            CachedModel(engine.model, AnswerCache(tmp_path / "answers.sqlite"), "understand@2"),
            load_messages()[:10],
            load("understand"),
            progress=False,
        ).values()
    assert all(answer.valid for answer in answers)
    assert sorted(answer.tokens for answer in answers)[5] <= 40
