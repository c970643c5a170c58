from __future__ import annotations

import math

import pytest

from prompts.evaluation.gates import broken, regressions
from prompts.evaluation.measures import CaseResult, SuiteRun, difference, estimate, f1, flipped


def results(values: list[float], name: str = "grounded") -> tuple[CaseResult, ...]:
    return tuple(CaseResult(f"c{i}", value > 0.5, {name: (value, 1.0)}) for i, value in enumerate(values))


def run(values: list[float], name: str = "grounded", prompt: str = "explain@2") -> SuiteRun:
    return SuiteRun("rationales", prompt, "fake", results(values, name))


def test_estimate_is_a_ratio_of_sums_with_an_interval() -> None:
    cases = (CaseResult("a", True, {"m": (3, 4)}), CaseResult("b", True, {"m": (0, 2)}), CaseResult("c", True, {}))
    found = estimate(cases, "m")
    assert found.value == pytest.approx(0.5)
    assert found.low <= 0.5 <= found.high
    assert found.cases == 2
    assert math.isnan(estimate(cases, "other").value)


def test_interval_narrows_with_more_cases() -> None:
    few, many = estimate(results([0.0, 1.0] * 5), "grounded"), estimate(results([0.0, 1.0] * 200), "grounded")
    assert many.high - many.low < few.high - few.low


def test_difference_sees_a_real_change_and_not_a_random_one() -> None:
    old = results([0.0] * 30 + [1.0] * 10)
    new = results([1.0] * 30 + [1.0] * 10)
    change = difference(new, old, "grounded")
    assert change.value == pytest.approx(0.75)
    assert change.better
    assert change.p < 0.01
    same = difference(old, old, "grounded")
    assert not same.better
    assert not same.worse
    assert same.p > 0.9


def test_less_is_better_for_costs() -> None:
    old, new = results([5.0] * 20, "completion_tokens"), results([9.0] * 20, "completion_tokens")
    assert difference(new, old, "completion_tokens").worse
    assert difference(old, new, "completion_tokens").better


def test_flipped_cases() -> None:
    assert flipped(results([1.0, 0.0, 1.0]), results([0.0, 1.0, 1.0])) == (("c0",), ("c1",))


def test_f1_counts() -> None:
    assert f1(["a", "b"], ["b", "c"]) == (2.0, 4.0)
    assert f1([], []) == (0.0, 0.0)


def test_gates_and_regressions() -> None:
    assert not broken([run([1.0] * 10)], "full")
    (line,) = broken([run([0.5] * 10)], "full")
    assert "grounded is 0.500" in line
    (line,) = broken([run([])], "full")
    assert "no case was done" in line
    (worse,) = regressions(run([0.0] * 20), run([1.0] * 20, prompt="explain@1"))
    assert "worse than of explain@1" in worse
    assert not regressions(run([1.0] * 20), run([0.0] * 20))
    assert not regressions(run([9.0] * 20, "seconds"), run([1.0] * 20, "seconds"))
