from __future__ import annotations

import time
from pathlib import Path

import pytest
from pydantic import BaseModel

from assistant.engines.types import EngineError, Message
from prompts.evaluation.cache import AnswerCache, BudgetSpent, CachedModel
from tests.fakes import QueueModel

ASKED = (Message("user", "hello"),)


class Shape(BaseModel):
    a: int


def text_of(model: CachedModel) -> str:
    return "".join(chunk.text for chunk in model.stream(ASKED, max_tokens=9, timeout=1))


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    cache, inner = AnswerCache(tmp_path / "a.sqlite"), QueueModel(["one two", '{"a": 1}'])
    model = CachedModel(inner, cache, "p@1")
    assert text_of(model) == text_of(model) == "one two"
    assert model.structured(ASKED, Shape, max_tokens=9, timeout=1).value == Shape(a=1)
    assert CachedModel(inner, AnswerCache(tmp_path / "a.sqlite"), "p@1").structured(
        ASKED, Shape, max_tokens=9, timeout=1
    ).value == Shape(a=1)
    assert len(inner.prompts) == 2
    assert model.fresh == 2


def test_prompt_model_parameters_and_repetition_are_part_of_the_key(tmp_path: Path) -> None:
    cache, inner = AnswerCache(tmp_path / "a.sqlite"), QueueModel(["1", "2", "3", "4"])
    assert text_of(CachedModel(inner, cache, "p@1")) == "1"
    assert text_of(CachedModel(inner, cache, "p@2")) == "2"
    assert text_of(CachedModel(inner, cache, "p@1", repetition=1)) == "3"
    assert text_of(CachedModel(inner, cache, "p@1", name="other")) == "4"


def test_a_broken_stream_is_not_kept(tmp_path: Path) -> None:
    inner = QueueModel(["one two three", "whole"])
    inner.break_after = 1
    model = CachedModel(inner, AnswerCache(tmp_path / "a.sqlite"), "p@1")
    with pytest.raises(EngineError):
        text_of(model)
    assert text_of(model) == "whole"


def test_the_budget_stops_new_questions_but_not_stored_answers(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    text_of(CachedModel(QueueModel(["kept"]), cache, "p@1"))
    late = CachedModel(QueueModel([]), cache, "p@1", deadline=time.monotonic() - 1)
    assert text_of(late) == "kept"
    with pytest.raises(BudgetSpent):
        late.structured(ASKED, Shape, max_tokens=1, timeout=1)


def test_without_an_engine_only_the_cache_answers(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not in the cache"):
        text_of(CachedModel(None, AnswerCache(tmp_path / "a.sqlite"), "p@1", name="elsewhere"))
