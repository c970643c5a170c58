"""The native API: a turn as server-sent events."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import AfterValidator, Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from assistant.acts import DialogueAct, Intent
from assistant.assistant import InputProblem, clean
from assistant.events import Done, Event
from assistant.http.auth import Chatter
from assistant.http.problems import ApiProblem
from assistant.http.services import Services, services_of
from assistant.http.streaming import EventStream
from assistant.http.talk import Stored
from assistant.http.told import event_record, frame
from assistant.http.wire import Body, Id, UserName, Words
from assistant.memory import Turn
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
