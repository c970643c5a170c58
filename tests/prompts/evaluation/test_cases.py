from __future__ import annotations

from pathlib import Path

import pytest

from prompts.evaluation.cases import CASES, CaseError, read_cases, sample
from prompts.evaluation.runner import MakeBench, load_suite_cases
from prompts.evaluation.suites import SUITES, suite
from tests.prompts.evaluation.conftest import Write


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"id": "a", "text": "x"}\nnot json\n', "cases.jsonl:2: not JSON"),
        ("[1]\n", "cases.jsonl:1: a case is an object"),
        ('{"id": "a"}\n', "cases.jsonl:1: lacks text"),
        ('{"id": "a", "text": "x"}\n\n{"id": "a", "text": "y"}\n', "cases.jsonl:3: id 'a' is already at"),
        ("\n", "no cases"),
    ],
)
def test_a_malformed_case_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(text)
    with pytest.raises(CaseError, match=reason):
        read_cases(path, required=("text",))


def test_wrong_types_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "a", "text": 1, "likes": "x", "year": "y", "wants": []}')
    (case,) = read_cases(path)
    for read in (
        lambda: case.text("text"),
        lambda: case.texts("likes"),
        lambda: case.number("year"),
        lambda: case.mapping("wants"),
    ):
        with pytest.raises(CaseError, match=r"cases\.jsonl:1"):
            read()


def test_a_sample_is_spread_over_the_file() -> None:
    cases = read_cases(CASES / "explain.jsonl")
    picked = sample(cases, 8)
    assert len(picked) == 8
    assert len({case.data["language"] for case in picked}) == 2


def test_a_seed_draws_another_sample_and_always_the_same() -> None:
    cases = read_cases(CASES / "explain.jsonl")
    first, again, other = (read_cases(CASES / "explain.jsonl", limit=8, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first != sample(cases, 8)
    assert list(first) == sorted(first, key=cases.index)


@pytest.mark.parametrize("one", [one for one in SUITES.values() if one.name != "recall"], ids=lambda one: one.name)
def test_shipped_cases_are_well_formed(one) -> None:  # type: ignore[no-untyped-def]
    assert len(load_suite_cases(one)) >= one.smoke
    assert callable(one.runner())


def test_unknown_suite() -> None:
    with pytest.raises(KeyError, match="there are"):
        suite("nope")


def test_yaml_cases_carry_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("# a comment\n- id: a\n  text: x\n- id: b\n")
    with pytest.raises(CaseError, match=r"cases\.yaml:4: lacks text"):
        read_cases(path, required=("text",))
    path.write_text("a: [")
    with pytest.raises(CaseError, match="not YAML"):
        read_cases(path)


@pytest.mark.parametrize(
    ("name", "case", "reason"),
    [
        ("rationales", {"language": "en", "like": ["Heat"]}, r"cases\.jsonl:1: unknown key 'like'; there are: .*likes"),
        ("extraction", {"text": "x", "expect": {"likes": []}}, r"cases\.jsonl:1: unknown key 'likes' in 'expect'"),
        ("extraction", {"text": "x", "expect": {"like": "Heat"}}, r"cases\.jsonl:1: 'like' must be a list of strings"),
        ("conversations", {"covers": "x", "turns": [{"say": "hi", "gneres": []}]}, "unknown key 'gneres' in turn 1"),
    ],
)
def test_a_key_that_nobody_reads_is_named(
    name: str, case: dict[str, object], reason: str, write: Write, make_bench: MakeBench
) -> None:
    def do() -> None:
        (one,) = load_suite_cases(suite(name), write([case]))
        suite(name).runner()(one, make_bench(None, {}))

    with pytest.raises(CaseError, match=reason):
        do()
