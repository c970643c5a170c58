"""The parts of OpenAI's chat API that mean something here. Other parameters are taken and ignored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.http.wire import UserName, Words


class TextPart(BaseModel):
    """A piece of a message."""

    type: Literal["text"]
    text: Words


class ChatMessage(BaseModel):
    """One message. System, developer and tool messages change nothing: instructions are Concierge's own."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Words | Annotated[list[TextPart], Field(max_length=50)] | None = None

    @property
    def text(self) -> str:
        """The message's words."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or [])


class StreamOptions(BaseModel):
    """What to send besides the text."""

    include_usage: bool | None = None


class CompletionBody(BaseModel):
    """A chat completion. The whole conversation comes each time; its last message is the one to answer."""

    model_config = ConfigDict(extra="allow")

    model: str = "concierge"
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=400)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    user: UserName | None = None

    def conversation(self) -> list[tuple[str, str]]:
        """The messages of person and assistant, as (role, text)."""
        return [(one.role, one.text) for one in self.messages if one.role in ("user", "assistant") and one.text.strip()]


def prefix_hash(conversation: Sequence[tuple[str, str]]) -> str:
    """A conversation's name, the same however a client trims its messages."""
    digest = hashlib.sha256()
    for role, text in conversation:
        words = " ".join(text.split()).encode("utf-8", "ignore")
        digest.update(f"{role} {len(words)}\n".encode() + words)
    return digest.hexdigest()


class ModelCard(BaseModel):
    """One model of the list."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "concierge"


class ModelList(BaseModel):
    """The models: there is one."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class CompletionUsage(BaseModel):
    """Tokens of the language model behind the answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AssistantMessage(BaseModel):
    """The answer, as Markdown."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None


class Choice(BaseModel):
    """The one answer."""

    index: int = 0
    message: AssistantMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """A whole answer. `concierge` holds the turn as data: cards, what was understood, and its ids."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage
    concierge: dict[str, Any]
