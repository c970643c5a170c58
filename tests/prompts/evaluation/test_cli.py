from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from prompts import load
from prompts.evaluation.cli import prompts_app

runner = CliRunner()


def test_list_show_and_diff() -> None:
    listed = runner.invoke(prompts_app, ["list"]).output
    assert "explain" in listed
    assert "understand" in listed
    assert load("explain", 1).purpose in runner.invoke(prompts_app, ["show", "explain@1"]).output
    changed = runner.invoke(prompts_app, ["diff", "explain@1", "explain@2"]).output
    assert "+version: 2" in changed


def test_render(tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"message": "something funny"}))
    assert "something funny" in runner.invoke(prompts_app, ["render", "understand", "--inputs", str(inputs)]).output
    inputs.write_text("[")
    result = runner.invoke(prompts_app, ["render", "understand", "--inputs", str(inputs)])
    assert result.exit_code == 2
    assert "not JSON" in result.output


def test_mistakes_are_told_in_a_line() -> None:
    for arguments, reason in (
        (["show", "nothing@1"], "no such version"),
        (["show", "explain@x"], "no prompt reference"),
        (["show", "explain@99"], "there are: 1, 2"),
        (["eval", "--suite", "nope"], "there are"),
        (["render", "understand", "--inputs", "nowhere.json"], "nowhere.json: No such file"),
    ):
        result = runner.invoke(prompts_app, arguments)
        assert result.exit_code == 2, result.output
        assert reason in result.output.replace("\n", " ")


def test_recall_cases(tmp_path: Path) -> None:
    cases, items, out = tmp_path / "c.jsonl", tmp_path / "i.jsonl", tmp_path / "o.jsonl"
    cases.write_text('{"id": "1", "context": [], "mentioned": ["a"], "gold": ["b", "gone"]}\n')
    items.write_text('{"id": "a", "title": "A"}\n{"id": "b", "title": "B"}\n')
    result = runner.invoke(prompts_app, ["recall-cases", str(cases), "--items", str(items), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text()) == {"id": "1", "context": [], "mentioned": ["A"], "gold": ["B"]}
