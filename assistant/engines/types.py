"""What an engine offers, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

T = TypeVar("T")
Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Generation(Generic[T]):
    """An answer: the parsed value (None when the text does not fit the schema), the raw text and its tokens."""

    value: T | None
    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a streamed answer. The last one carries the token counts and `finished`."""

    text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finished: bool = False


class EngineError(RuntimeError):
    """The engine could not answer. The message says what to do about it."""


class EngineBusy(EngineError):
    """The engine's queue is full; try again shortly."""


class EngineTimeout(EngineError):
    """The engine did not answer in time."""


class EngineLost(EngineError):
    """The engine could not be reached, failed, or broke off in the middle."""


class LanguageModel(Protocol):
    """One language model behind one address. Closing the iterator of `stream` stops the generation."""

    @property
    def kind(self) -> str:
        """Where it runs: "llama.cpp", "vllm", "openai-compatible", …"""
        ...

    @property
    def name(self) -> str:
        """The model's name as the server knows it."""
        ...

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        """One answer that follows the schema.

        Raises
        ------
        EngineError
            when no answer came; a text that does not fit the schema is no error: `value` is None.
        """
        ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        """The answer in pieces. Raises EngineError as above, also in the middle."""
        ...


@runtime_checkable
class TokenModel(Protocol):
    """A model that also tells how likely tokens are: what few of its uses need."""

    def first_token(self, messages: Sequence[Message], *, timeout: float) -> dict[str, float]:
        """How likely each of the likeliest first tokens of an answer is. Raises EngineError as `structured` does."""
        ...
