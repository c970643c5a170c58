from pathlib import Path

import pytest

from ranking.conversation.cases import CaseError, Utterance, merged, parse_case, read_cases


def test_a_case_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"id": "1-2", "dialog": "1", "context": [{"role": "user", "text": "hi"}], '
        '"mentioned": ["a"], "gold": ["b"]}\n\n'
    )
    (case,) = read_cases(path)
    assert (case.dialog, case.context[0].text, case.mentioned, case.gold) == ("1", "hi", ("a",), ("b",))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"context": "a"}', '"context" must be a list'),
        ('{"context": [1]}', 'an entry of "context"'),
        ('{"context": [], "gold": "a"}', '"gold" must be a list'),
        ('{"context": [], "mentioned": [{}]}', '"mentioned" must be a list'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"context": []}\n' + line + "\n")
    with pytest.raises(CaseError, match="line 2") as problem:
        read_cases(path)
    assert reason in str(problem.value)
    assert "cases.jsonl" in str(problem.value)


def test_an_empty_or_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    with pytest.raises(CaseError, match=r"none\.jsonl: cannot be read"):
        read_cases(path)
    path.write_text("\n")
    with pytest.raises(CaseError, match="holds no cases"):
        read_cases(path)


def test_missing_fields_have_defaults() -> None:
    case = parse_case({"context": [{"role": "user"}]}, "line 3")
    assert (case.id, case.dialog, case.mentioned, case.gold) == ("line 3", "line 3", (), ())
    assert case.context[0].text == ""
    assert parse_case({"gold": [7]}).context == parse_case({"gold": [7], "context": None}).context == ()


def test_what_one_speaker_said_in_a_row_is_joined() -> None:
    said = (Utterance("user", "hi"), Utterance("user", "there"), Utterance("assistant", " "), Utterance("user", "you"))
    assert merged(said) == (Utterance("user", "hi there you"),)
    assert merged(()) == ()
