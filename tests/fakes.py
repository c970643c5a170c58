"""A language model with a queue of answers: whole turns are tested without a server."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from assistant.engines.types import Chunk, EngineError, Generation, Message, Schema

Queued = str | EngineError


class QueueModel:
    """Gives the queued answers in order and remembers what it was asked.

    A queued `EngineError` is raised. Once the queue is empty, `default` is given; without one, asking fails the test.
    `break_after` raises in the middle of the next stream, after that many pieces.
    """

    kind = "fake"
    name = "queue"

    def __init__(self, answers: Iterable[Queued] = (), default: str | None = None) -> None:
        self.answers: deque[Queued] = deque(answers)
        self.default = default
        self.prompts: list[tuple[Message, ...]] = []
        self.break_after: int | None = None

    def _next(self, messages: Sequence[Message]) -> str:
        self.prompts.append(tuple(messages))
        if not self.answers and self.default is None:
            raise AssertionError(f"the queue is empty; asked: {messages[-1].content!r}")
        answer = self.answers.popleft() if self.answers else self.default
        if isinstance(answer, EngineError):
            raise answer
        assert answer is not None
        return answer

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        text = self._next(messages)
        try:
            value = schema.model_validate_json(text)
        except ValidationError:
            value = None
        return Generation(value, text, prompt_tokens=len(messages), completion_tokens=len(text.split()))

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        pieces = re.findall(r"\S+\s*|\s+", self._next(messages))
        for number, piece in enumerate(pieces):
            if self.break_after is not None and number == self.break_after:
                self.break_after = None
                raise EngineError("the engine went away")
            yield Chunk(piece)
        yield Chunk(prompt_tokens=len(messages), completion_tokens=len(pieces), finished=True)
