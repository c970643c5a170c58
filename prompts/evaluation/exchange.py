"""Take prompts and cases to other tools, and bring answers back: promptfoo configuration and JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from assistant.engines.types import Chunk, EngineError, Generation, Message
from prompts import Prompt
from prompts.evaluation.cache import AnswerCache, CachedModel, Question, Stored, as_input, schema_mark
from prompts.evaluation.cases import Case, CaseError, read_cases
from prompts.evaluation.runner import MakeBench
from prompts.evaluation.suites import Suite

Schema = TypeVar("Schema", bound=BaseModel)


class Recorder:
    """Stands where a language model would, writes down what it is asked, and answers nothing."""

    kind = "recorder"
    name = "recorder"

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[Message, ...], dict[str, Any]]] = []

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        """Write the question down; raises EngineError in place of an answer."""
        del timeout
        self.asked.append((tuple(messages), {"max_tokens": max_tokens, "schema": schema_mark(schema)}))
        raise EngineError("nothing is asked while exporting")

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        """As `structured`."""
        del timeout
        self.asked.append((tuple(messages), {"max_tokens": max_tokens, "stream": True}))
        raise EngineError("nothing is asked while exporting")


def export_questions(
    suite: Suite, cases: Sequence[Case], prompt: Prompt, make_bench: MakeBench, cache: AnswerCache
) -> list[dict[str, Any]]:
    """What a language model is asked for each case, as rows `{"id", "prompt", "messages", "parameters", …}`."""
    return [
        {
            "id": case.id,
            "prompt": prompt.reference,
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "parameters": parameters,
            "expect": case.data.get("expect"),
        }
        for case, asked in _asked(suite, cases, prompt, make_bench, cache)
        for messages, parameters in asked
    ]


def asking(
    suite: Suite, cases: Sequence[Case], prompt: Prompt, make_bench: MakeBench, cache: AnswerCache
) -> tuple[Case, ...]:
    """The cases in which the language model is asked at all: in no other does a prompt change anything."""
    return tuple(case for case, asked in _asked(suite, cases, prompt, make_bench, cache) if asked)


def _asked(
    suite: Suite, cases: Sequence[Case], prompt: Prompt, make_bench: MakeBench, cache: AnswerCache
) -> Iterator[tuple[Case, list[tuple[tuple[Message, ...], dict[str, Any]]]]]:
    recorder = Recorder()
    # A name of its own: stored answers must not be found, or the question would not be seen.
    bench = make_bench(CachedModel(recorder, cache, prompt.reference, name="export"), {prompt.name: prompt})
    for case in cases:
        recorder.asked = []
        with suppress(EngineError):
            suite.runner()(case, bench)
        yield case, recorder.asked


def as_promptfoo(rows: Sequence[dict[str, Any]], base_url: str, model: str) -> str:
    """A promptfoo configuration that asks the same questions; expected titles become `icontains` assertions."""
    tests = [
        {
            "description": f"{row['prompt']} {row['id']}",
            "vars": {"messages": _untemplated(json.dumps(row["messages"], ensure_ascii=False))},
            "assert": [*([{"type": "is-json"}] if "schema" in row["parameters"] else []), *_assertions(row["expect"])],
        }
        for row in rows
    ]
    most = max((int(row["parameters"]["max_tokens"]) for row in rows), default=0)
    config = {
        "description": "Exported by concierge prompts export",
        "prompts": ["{{ messages | safe }}"],
        "providers": [
            {"id": f"openai:chat:{model}", "config": {"apiBaseUrl": base_url, "temperature": 0, "max_tokens": most}}
        ],
        "tests": tests,
    }
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=120)


def _untemplated(text: str) -> str:
    """JSON in which no template begins: promptfoo renders a prompt twice, and what people wrote is no template."""
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def _assertions(expect: Any) -> list[dict[str, str]]:
    if not isinstance(expect, dict):
        return []
    titles = [title for key in ("like", "dislike") for title in expect.get(key) or () if isinstance(title, str)]
    return [{"type": "icontains", "value": title} for title in titles]


def import_answers(path: Path, cache: AnswerCache, model: str) -> int:
    """Put answers from elsewhere into the cache, under this model's name; returns how many.

    A row is an exported one with `text` added, and optionally `prompt_tokens`, `completion_tokens`, `seconds`.

    Raises
    ------
    CaseError
        for a row that lacks something; the message names file and line.
    """
    rows = _rows(path)
    for row in rows:
        messages = [Message(one["role"], one["content"]) for one in row.data["messages"]]
        parameters = json.dumps(dict(row.mapping("parameters")), sort_keys=True)
        question = Question(row.text("prompt"), model, parameters, as_input(messages))
        numbers = [row.data.get(key, 0) for key in ("prompt_tokens", "completion_tokens", "seconds")]
        cache.put(
            question.key(), question, Stored(row.text("text"), int(numbers[0]), int(numbers[1]), float(numbers[2]))
        )
    return len(rows)


def _rows(path: Path) -> tuple[Case, ...]:
    rows = read_cases(path, required=("prompt", "messages", "parameters", "text"))
    for row in rows:
        messages = row.data["messages"]
        if not isinstance(messages, list) or not all(
            isinstance(one, dict) and {"role", "content"} <= set(one) for one in messages
        ):
            raise CaseError(f'{row.place}: "messages" must be a list of {{"role", "content"}}')
    return rows


def redial_cases(cases: Path, items: Path, limit: int | None) -> list[dict[str, Any]]:
    """ReDial cases with titles in place of ids, for the recall suite; `items` is the catalog that names the ids."""
    labels = {row.id: str(row.data["title"]) for row in read_cases(items, required=("id", "title"))}
    return [
        {
            "id": case.id,
            "context": case.data["context"],
            "mentioned": [labels[id_] for id_ in case.texts("mentioned") if id_ in labels],
            "gold": [labels[id_] for id_ in case.texts("gold") if id_ in labels],
        }
        for case in read_cases(cases, required=("context", "gold"), limit=limit)
    ]
