"""The native API: a turn as server-sent events, and conversations."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from assistant.acts import DialogueAct, Intent
from assistant.assistant import InputProblem, clean
from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Word
from assistant.http.auth import Chatter
from assistant.http.problems import ApiProblem
from assistant.http.services import Services, services_of
from assistant.http.streaming import EventStream
from assistant.http.talk import Stored
from assistant.http.wire import Body, Id, UserName, Words, cards, steps, understanding
from assistant.memory import Conversation, Turn
from retrieval.catalog import Catalog

router = APIRouter(prefix="/api", tags=["chat"])


class Click(Body):
    """What a button does: the items are catalog ids; undo and start-over need none."""

    intent: Literal["like", "dislike", "reject", "seen", "more-like", "undo", "start-over"]
    items: list[Id] = Field(default_factory=list, max_length=20)


def _sayable(text: str) -> str:
    try:
        return clean(text)
    except InputProblem as problem:
        raise ValueError(str(problem)) from problem


class ChatBody(Body):
    """A message or a click. Without `conversation_id` a new conversation begins.

    `turn_id` is the client's own id for this turn: sent again after a lost answer, the turn is not repeated but told
    again.
    """

    message: Annotated[Words, AfterValidator(_sayable)] | None = None
    click: Click | None = None
    conversation_id: Id | None = None
    turn_id: Id | None = None
    user: UserName | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ChatBody:
        if (self.message is None) == (self.click is None):
            raise ValueError("send either message or click")
        return self


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


_EVENTS = ("turn", "understood", "cards", "word", "question", "answer", "problem", "done")
_EVENT_SCHEMA = {
    "type": "object",
    "properties": {
        "event": {"enum": list(_EVENTS)},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": f"Events, each with its data as JSON: {', '.join(_EVENTS)}.",
        "content": {"text/event-stream": {"schema": _EVENT_SCHEMA}},
    }
}


@router.post("/chat", response_class=StreamingResponse, responses=_STREAM)
async def chat(body: ChatBody, request: Request, caller: Chatter) -> Response:
    """One turn, as server-sent events. The turn is durable when `done` comes with `stored: true`."""
    services = services_of(request)
    user = caller.user(body.user)
    services.line.admit(user)
    frames = await run_in_threadpool(_frames, services, user, body)
    return EventStream(user, frames, services.line, services.options.send_seconds)


def _frames(services: Services, user: str, body: ChatBody) -> Generator[str, None, None]:
    talk, catalog = services.talk, services.talk.assistant.catalog
    if body.conversation_id is not None and body.turn_id is not None:
        known = talk.memory.conversations.turn(user, body.conversation_id, body.turn_id)
        if known is not None:
            return _told_again(known, catalog)
    said = body.message if body.message is not None else _act(body.click, catalog)
    place = talk.place(user, body.conversation_id)
    return _told(
        talk.turn(place, said, "api" if body.message else "click", body.turn_id), place.conversation_id, catalog
    )


def _act(click: Click | None, catalog: Catalog) -> DialogueAct:
    if click is None:
        raise ApiProblem(422, "Send either message or click.")
    for item_id in click.items:
        if catalog.get(item_id) is None:
            raise ApiProblem(422, f"The catalog has no item {item_id!r}.")
    if not click.items and click.intent not in ("undo", "start-over"):
        raise ApiProblem(422, f"{click.intent} needs the items that it is about.")
    return DialogueAct(Intent(click.intent), refers_to=tuple(click.items))


def _told(
    events: Generator[Event | Stored, None, None], conversation_id: str, catalog: Catalog
) -> Generator[str, None, None]:
    try:
        yield frame("turn", {"conversation_id": conversation_id})
        for event in events:
            name, record = event_record(event, catalog)
            yield frame(name, record)
    finally:
        events.close()


def _told_again(turn: Turn, catalog: Catalog) -> Generator[str, None, None]:
    yield frame("turn", {"conversation_id": turn.conversation_id, "repeated": True})
    if turn.cards:
        yield frame("cards", {"items": list(turn.cards), "blocking": [], "trace": turn.details.get("trace", [])})
    done = Done(turn.state, turn.reply, timings_ms=turn.details.get("timings_ms", {}))
    yield frame(*event_record(Stored(turn, done), catalog))


def frame(name: str, record: object) -> str:
    """One server-sent event. JSON has no line breaks of its own, so no text can end the event early."""
    return f"event: {name}\ndata: {json.dumps(record, ensure_ascii=True)}\n\n"


def event_record(event: Event | Stored, catalog: Catalog) -> tuple[str, dict[str, Any]]:
    """An event's name and its JSON."""
    match event:
        case Understood():
            known = understanding(event.state, catalog).model_dump()
            return "understood", {"intent": event.act.intent.value, "echo": event.echo, "understood": known}
        case Cards():
            items = [card.model_dump() for card in cards(event.ranking, event.reasons)]
            trace = [step.model_dump() for step in steps(event.ranking)]
            return "cards", {"items": items, "blocking": list(event.ranking.blocking), "trace": trace}
        case Word():
            return "word", {"text": event.text}
        case Question():
            return "question", {"text": event.text, "options": list(event.options)}
        case Answer():
            return "answer", {"text": event.text}
        case Problem():
            return "problem", {"kind": event.kind, "text": event.text}
        case Stored():
            return "done", _done_record(event, catalog)
    raise AssertionError("Done is told as Stored")


def _done_record(event: Stored, catalog: Catalog) -> dict[str, Any]:
    done, turn = event.done, event.turn
    return {
        "stored": turn is not None,
        "conversation_id": turn.conversation_id if turn else None,
        "turn_id": turn.id if turn else None,
        "number": turn.number if turn else None,
        "reply": done.reply,
        "reasons": list(done.reasons),
        "understood": understanding(turn.state if turn else done.state, catalog).model_dump(),
        "usage": {
            "calls": done.usage.calls,
            "prompt_tokens": done.usage.prompt_tokens,
            "completion_tokens": done.usage.completion_tokens,
        },
        "timings_ms": {step: round(value, 1) for step, value in done.timings_ms.items()},
    }


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
