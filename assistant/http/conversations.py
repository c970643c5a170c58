"""Conversations: the list of them, what was said in one, another title, turns taken back, and removal."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from assistant.http.auth import Chatter
from assistant.http.services import services_of
from assistant.http.wire import Body, Id, UserName, Words
from assistant.memory import Conversation, Turn

router = APIRouter(prefix="/api", tags=["conversations"])


class ConversationRecord(BaseModel):
    """One conversation; times are seconds since 1970, UTC."""

    id: str
    title: str
    turns: int
    created_at: float
    updated_at: float


class TurnRecord(BaseModel):
    """One turn as it was stored."""

    id: str
    number: int
    kind: str
    utterance: str
    reply: str
    cards: list[dict[str, Any]]
    degraded: bool
    created_at: float


class ConversationWithTurns(ConversationRecord):
    """One conversation and what was said in it."""

    said: list[TurnRecord]


class Rename(Body):
    """Another title."""

    title: Annotated[Words, Field(min_length=1, max_length=200)]


class Rewind(Body):
    """How many of the first turns stay."""

    turns: Annotated[int, Field(ge=0, le=1_000_000)]


@router.get("/conversations")
def list_conversations(request: Request, caller: Chatter, user: UserName | None = None) -> list[ConversationRecord]:
    """The user's conversations, the latest first."""
    memory = services_of(request).memory
    return [_conversation(talk) for talk in memory.conversations.list(caller.user(user))]


@router.get("/conversations/{conversation_id}")
def read_conversation(
    conversation_id: Id, request: Request, caller: Chatter, user: UserName | None = None
) -> ConversationWithTurns:
    """A conversation with its turns."""
    memory, owner = services_of(request).memory, caller.user(user)
    talk = memory.conversations.get(owner, conversation_id)
    said = [_turn(turn) for turn in memory.conversations.turns(owner, conversation_id)]
    return ConversationWithTurns(**_conversation(talk).model_dump(), said=said)


@router.patch("/conversations/{conversation_id}", status_code=204)
def rename_conversation(
    conversation_id: Id, body: Rename, request: Request, caller: Chatter, user: UserName | None = None
) -> None:
    """Give a conversation another title."""
    services_of(request).memory.conversations.rename(caller.user(user), conversation_id, body.title)


@router.post("/conversations/{conversation_id}/rewind", status_code=204)
def rewind_conversation(
    conversation_id: Id, body: Rewind, request: Request, caller: Chatter, user: UserName | None = None
) -> None:
    """Take turns back: the first ones stay, the state is the one after them."""
    services_of(request).memory.conversations.rewind(caller.user(user), conversation_id, body.turns)


@router.delete("/conversations/{conversation_id}", status_code=204)
def delete_conversation(conversation_id: Id, request: Request, caller: Chatter, user: UserName | None = None) -> None:
    """Remove a conversation."""
    services_of(request).memory.conversations.delete(caller.user(user), conversation_id)


def _conversation(talk: Conversation) -> ConversationRecord:
    return ConversationRecord(
        id=talk.id, title=talk.title, turns=talk.turns, created_at=talk.created_at, updated_at=talk.updated_at
    )


def _turn(turn: Turn) -> TurnRecord:
    return TurnRecord(
        id=turn.id,
        number=turn.number,
        kind=turn.kind,
        utterance=turn.utterance,
        reply=turn.reply,
        cards=[dict(card) for card in turn.cards],
        degraded=turn.degraded,
        created_at=turn.created_at,
    )
