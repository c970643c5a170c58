"""Answers of language models, kept in SQLite, so that a repeated run costs nothing and a stopped one goes on."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.engines.types import Chunk, EngineError, Generation, LanguageModel, Message

Schema = TypeVar("Schema", bound=BaseModel)

_TABLE = """create table if not exists answers (
    key text primary key, prompt text not null, model text not null, parameters text not null, input text not null,
    text text not null, prompt_tokens integer not null, completion_tokens integer not null, seconds real not null,
    first_seconds real not null)"""


class BudgetSpent(EngineError):
    """The run's time is used up; what was answered so far is kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One answer, what it cost when it was made, and the seconds until its first words.

    `valid` says whether a structured answer fits its schema; None for others.
    """

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    first_seconds: float = 0.0
    valid: bool | None = None


class AnswerCache:
    """Answers by (prompt, model, parameters, input). One file; safe to open again after a crash."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        with closing(self._open()) as database, database:
            database.execute(_TABLE)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)

    def get(self, key: str) -> Stored | None:
        """The answer stored under this key."""
        with closing(self._open()) as database:
            row = database.execute(
                "select text, prompt_tokens, completion_tokens, seconds, first_seconds from answers where key = ?",
                (key,),
            ).fetchone()
        return Stored(*row) if row else None

    def put(self, key: str, question: Question, answer: Stored) -> None:
        """Keep an answer, in place of an earlier one."""
        values = (key, question.prompt, question.model, question.parameters, question.input)
        with closing(self._open()) as database, database:
            database.execute(
                "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *values,
                    answer.text,
                    answer.prompt_tokens,
                    answer.completion_tokens,
                    answer.seconds,
                    answer.first_seconds,
                ),
            )


@dataclass(frozen=True, slots=True)
class Question:
    """What a language model was asked."""

    prompt: str
    model: str
    parameters: str
    input: str

    def key(self, repetition: int = 0) -> str:
        """The cache's key; repetitions of one question have keys of their own."""
        parts = [self.prompt, self.model, self.parameters, self.input, str(repetition)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def as_input(messages: Sequence[Message]) -> str:
    """Messages as one JSON text."""
    return json.dumps([[message.role, message.content] for message in messages], ensure_ascii=False)


def schema_mark(schema: type[BaseModel]) -> str:
    """A short mark of an output schema, which changes with it."""
    return hashlib.sha256(json.dumps(schema.model_json_schema(), sort_keys=True).encode()).hexdigest()[:16]


class CachedModel:
    """A language model whose answers are kept. Without an inner model it answers from the cache alone.

    `repetition` above 0 asks again and keeps that answer apart. `deadline` is a `time.monotonic` value after which
    nothing new is asked; `out_of_time` then tells that something was. `failure` tells why an answer did not come:
    whoever asked may go on without it, but nothing can be said of a prompt then.
    """

    def __init__(
        self,
        inner: LanguageModel | None,
        cache: AnswerCache,
        prompt: str,
        *,
        name: str = "",
        repetition: int = 0,
        deadline: float | None = None,
    ) -> None:
        self.inner, self.cache, self.prompt = inner, cache, prompt
        self.repetition, self.deadline = repetition, deadline
        self._name = name or (f"{inner.kind}:{inner.name}" if inner else "none")
        self.calls: list[Stored] = []
        self.fresh = 0
        self.out_of_time = False
        self.failure: EngineError | None = None

    @property
    def kind(self) -> str:
        """The inner model's kind."""
        return self.inner.kind if self.inner else "cache"

    @property
    def name(self) -> str:
        """The inner model's name, with where it runs: timings of two engines are not mixed."""
        return self._name

    def question(self, messages: Sequence[Message], **parameters: Any) -> Question:
        """The cache's view of a call."""
        return Question(self.prompt, self._name, json.dumps(parameters, sort_keys=True), as_input(messages))

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        """As the inner model, from the cache where it can."""
        question = self.question(messages, max_tokens=max_tokens, schema=schema_mark(schema))
        stored = self._known(question)
        if stored is None:
            inner, began = self._ask(), time.perf_counter()
            with self._noted_failure():
                answer = inner.structured(messages, schema, max_tokens=max_tokens, timeout=timeout)
            seconds = time.perf_counter() - began
            stored = Stored(answer.text, answer.prompt_tokens, answer.completion_tokens, seconds, seconds)
            self._keep(question, stored)
        try:
            value = schema.model_validate_json(stored.text)
        except ValidationError:
            value = None
        self.calls.append(replace(stored, valid=value is not None))
        return Generation(value, stored.text, stored.prompt_tokens, stored.completion_tokens)

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        """As the inner model, from the cache where it can; a stream that breaks off is not kept."""
        question = self.question(messages, max_tokens=max_tokens, stream=True)
        stored = self._known(question)
        if stored is None:
            inner, began = self._ask(), time.perf_counter()
            text, first, tokens = "", 0.0, (0, 0)
            with self._noted_failure():
                for chunk in inner.stream(messages, max_tokens=max_tokens, timeout=timeout):
                    if chunk.text:
                        first = first or time.perf_counter() - began
                        text += chunk.text
                        yield Chunk(chunk.text)
                    if chunk.finished:
                        tokens = (chunk.prompt_tokens, chunk.completion_tokens)
            stored = Stored(text, *tokens, time.perf_counter() - began, first)
            self._keep(question, stored)
        elif stored.text:
            yield Chunk(stored.text)
        self.calls.append(stored)
        yield Chunk("", stored.prompt_tokens, stored.completion_tokens, finished=True)

    def _known(self, question: Question) -> Stored | None:
        return self.cache.get(question.key(self.repetition))

    def _ask(self) -> LanguageModel:
        if self.inner is None:
            self.failure = EngineError("this answer is not in the cache and no engine was given")
            raise self.failure
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.out_of_time = True
            raise BudgetSpent("the run's time is used up; run it again to go on where it stopped")
        return self.inner

    @contextmanager
    def _noted_failure(self) -> Iterator[None]:
        try:
            yield
        except EngineError as error:
            self.failure = self.failure or error
            raise

    def _keep(self, question: Question, answer: Stored) -> None:
        self.fresh += 1
        self.cache.put(question.key(self.repetition), question, answer)
