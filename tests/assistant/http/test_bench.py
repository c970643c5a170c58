"""Short versions of `concierge bench load` and `concierge bench faults`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.acts import DialogueAct, Intent, Slot
from assistant.events import Event
from assistant.http.bench import EchoAssistant, FaultReport, LoadReport, run_faults, run_load
from assistant.http.bench.echo_engine import STAND_IN
from assistant.http.bench.fair import FairReport, run_fair
from assistant.state import DialogueState
from tests.postgres import postgres_server


@pytest.mark.slow
def test_many_sessions_at_once_stay_apart_and_lose_nothing() -> None:
    report = run_load(sessions=12, turns=120, progress=False)
    assert (report.errors, report.mixed, report.lost) == (0, 0, 0)
    assert report.turns == 120


class Leaking(EchoAssistant):
    """Keeps the wishes of everybody: the load test must see it."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        self.all.append(utterance)
        slots = tuple(Slot("wish", "=", wish, wish) for wish in self.all[-5:])
        yield from self.act(state, DialogueAct(Intent.REFINE, slots))


def test_the_load_test_sees_replies_of_other_sessions() -> None:
    report = run_load(sessions=3, turns=15, assistant=Leaking(), progress=False)
    assert report.mixed > 0
    assert not report.passed


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_killed_web_process_and_engine() -> None:
    report = run_faults(kills=6, clients=3, engine=STAND_IN, progress=False)
    assert report.passed, str(report)
    assert (report.web_kills, report.engine_kills, report.database_kills) == (3, 3, 0)


@pytest.mark.slow
@pytest.mark.postgres
def test_what_was_acknowledged_survives_a_killed_database_connection() -> None:
    with postgres_server() as url:
        report = run_faults(kills=6, clients=3, database_url=url, engine=STAND_IN, progress=False)
    assert report.passed, str(report)
    assert (report.web_kills, report.engine_kills, report.database_kills) == (2, 2, 2)


class Slow(EchoAssistant):
    """Takes a while, as a language model does."""

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        time.sleep(0.3)
        yield from super().reply(state, utterance)


@pytest.mark.slow
def test_an_impatient_person_takes_nothing_from_patient_ones() -> None:
    report = run_fair(Slow(), ["one", "two"], patient=3, impatient=24, seconds=3.0)
    assert report.errors == 0
    assert report.least > 0
    assert report.median < report.impatient_median


def test_reports_fail_for_what_they_should() -> None:
    good = LoadReport(64, 100, 0, 0, 0, 1.0, 100.0, 90.0, 500.0, 400.0, 9.0, 9.0, 0.9, 5.0, 9.0, 100.0, 105.0)
    assert good.passed
    for worse in ({"errors": 1}, {"mixed": 1}, {"lost": 1}, {"efficiency": 0.7}, {"memory_at_end": 200.0}):
        assert not replace(good, **worse).passed
    fine = FaultReport(4, 4, 4, 10, 10, 0, 0, 0, 3.0, 3.0, 3.0)
    assert fine.passed
    assert not replace(fine, lost=1).passed
    assert not replace(fine, doubled=1).passed
    assert not replace(fine, stuck=1).passed
    assert not replace(fine, acknowledged_turns=0).passed
    assert "lost" in str(fine)
    shared = FairReport(6, 12, 120.0, 5, 7, 12, 20.0, 40.0, 80.0, 0, 0)
    assert shared.passed
    for unfair in ({"errors": 1}, {"least": 3}, {"least": 0, "most": 0}, {"longest": 61.0}):
        assert not replace(shared, **unfair).passed
    assert "longest" in str(shared)
