from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts.evaluation.cache import AnswerCache
from prompts.evaluation.runner import MakeBench
from prompts.evaluation.workbench import Workbench
from retrieval.titles import TitleLinker
from tests.conftest import MakeAssistant

Write = Callable[[list[dict[str, object]]], Path]


@pytest.fixture(scope="session")
def make_bench(make_assistant: MakeAssistant) -> MakeBench:
    base = make_assistant(None)
    linker = TitleLinker(base.catalog)
    return lambda model, versions: Workbench(base, model, linker, versions)


@pytest.fixture
def cache(tmp_path: Path) -> AnswerCache:
    return AnswerCache(tmp_path / "answers.sqlite")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def lines(rows: list[dict[str, object]]) -> Path:
        path = tmp_path / "cases.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return lines
