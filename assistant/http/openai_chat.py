"""The OpenAI-compatible API: any chat front end can talk to Concierge as if it were a model."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Generator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from assistant.assistant import InputProblem, clean
from assistant.events import Event, Understood, Usage
from assistant.http.auth import Chatter
from assistant.http.markdown import Transcript, cards_in
from assistant.http.openai_types import (
    AssistantMessage,
    Choice,
    Completion,
    CompletionBody,
    CompletionUsage,
    ModelCard,
    ModelList,
    prefix_hash,
)
from assistant.http.problems import ApiProblem
from assistant.http.services import Services, services_of
from assistant.http.streaming import EventStream
from assistant.http.talk import Place, Stored, Talk
from assistant.http.told import event_record
from assistant.http.wire import Id
from assistant.memory import NewTurn
from assistant.state import DialogueState

router = APIRouter(prefix="/v1", tags=["openai"])

_CHUNK_SCHEMA = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}

REPLAYED = 8
"""Messages of an unknown conversation that are read again; what was said before them is left out."""

_ENDING = ("turn_id", "stored", "reasons", "understood", "usage", "timings_ms")
SESSION = "X-Conversation-Id"
"""The header that names a conversation, in requests and in answers."""

SessionHeader = Annotated[
    Id | None, Header(alias=SESSION, description="Names the conversation; the earlier messages are then not needed.")
]


@router.get("/models")
def models(request: Request, _caller: Chatter) -> ModelList:
    """The one model there is."""
    return ModelList(data=[ModelCard(id=services_of(request).options.model_name)])


@router.get("/models/{model}")
def model(model: Id, request: Request, _caller: Chatter) -> ModelCard:
    """The model, by its name."""
    name = services_of(request).options.model_name
    if model != name:
        raise ApiProblem(404, f"There is one model here: {name}.")
    return ModelCard(id=name)


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={200: {"content": {"text/event-stream": {"schema": _CHUNK_SCHEMA}}}},
)
async def complete(
    body: CompletionBody, request: Request, caller: Chatter, conversation_id: SessionHeader = None
) -> Response:
    """A chat completion, streamed or whole. Cards come as Markdown in the text and as data in `concierge`."""
    services = services_of(request)
    user = caller.user(body.user)
    services.line.admit(user)
    said = body.conversation()
    if body.messages[-1].role != "user" or not said or said[-1][0] != "user":
        raise ApiProblem(400, "The last message must be the user's, with some text: it is the one to answer.")
    try:
        clean(said[-1][1])
    except InputProblem as problem:
        raise ApiProblem(400, str(problem)) from problem
    place = await run_in_threadpool(_locate, services.talk, user, said[:-1], conversation_id)
    answer = _Answer(services, body, place, said)
    headers = {SESSION: place.conversation_id} if place.conversation_id.isascii() else {}
    if body.stream:
        return EventStream(user, answer.frames(), services.line, services.options.send_seconds, headers)
    finished = await services.line.drain(user, answer.silently(), _nothing, request.receive)
    if not finished:
        return Response(status_code=499)
    return JSONResponse(answer.whole().model_dump(), headers=headers)


async def _nothing(_values: list[None]) -> None:
    """What a client that wants the answer whole is told meanwhile."""


def _locate(talk: Talk, user: str, history: list[tuple[str, str]], conversation_id: str | None) -> Place:
    """Where this conversation stands: by its id, by its prefix, or by reading it again."""
    conversations = talk.memory.conversations
    if conversation_id is not None:
        return talk.place(user, conversations.start(user, conversation_id).id)
    if not any(role == "user" for role, _ in history):
        return talk.place(user, None)
    found = conversations.with_prefix(user, prefix_hash(history))
    if found is None:
        return _replay(talk, user, history)
    known_id, number = found
    if any(turn.kind == "message" for turn in conversations.turns(user, known_id, after=number)):
        # The client went back and said something else: the other branch stays as it is.
        known_id = conversations.fork(user, known_id, number).id
    return talk.place(user, known_id)


def _replay(talk: Talk, user: str, history: list[tuple[str, str]]) -> Place:
    """Read an unknown conversation again: its wishes, and the cards that its answers show. No prose is written."""
    place = talk.place(user, None)
    state = place.state
    from_here = [index for index, (role, _) in enumerate(history) if role == "user"][-REPLAYED:][0]
    for role, text in history[from_here:]:
        state = _read(talk, state, text) if role == "user" else state.showed(cards_in(text, talk.assistant.catalog))
    last_said = next(text for role, text in reversed(history) if role == "user")
    turn = NewTurn(uuid.uuid4().hex, last_said, "", None, state, details={"replayed": len(history)})
    stored = talk.memory.conversations.append(user, place.conversation_id, turn, place.number)
    return Place(user, place.conversation_id, stored.number, stored.state)


def _read(talk: Talk, state: DialogueState, text: str) -> DialogueState:
    """The state after a message, without ranking or prose."""
    try:
        clean(text)
    except InputProblem:
        return state
    events = talk.assistant.reply(state, text)
    try:
        return next((event.state for event in events if isinstance(event, Understood)), state)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


class _Answer:
    """One completion: its text, its data, and its frames."""

    def __init__(self, services: Services, body: CompletionBody, place: Place, said: list[tuple[str, str]]) -> None:
        self._services, self._body, self._place, self._said = services, body, place, said
        self._transcript = Transcript()
        self._id, self._created = f"chatcmpl-{uuid.uuid4().hex}", int(time.time())
        self._data: dict[str, Any] = {"conversation_id": place.conversation_id, "problems": []}
        self._usage = Usage()

    def events(self) -> Generator[Event | Stored, None, None]:
        """The turn's events."""
        return self._services.talk.turn(self._place, self._said[-1][1], "openai", prefix=self._prefix)

    def _prefix(self, done: Any) -> str:
        text = self._transcript.text + self._transcript.ending(done)
        return prefix_hash([*self._said, ("assistant", text)])

    def silently(self) -> Generator[None, None, None]:
        """The turn, taken in and not told."""
        events = self.events()
        try:
            for event in events:
                self._take(event)
                yield None
        finally:
            events.close()

    def _take(self, event: Event | Stored) -> tuple[str, dict[str, Any]]:
        """The text and the data that this event adds."""
        name, record = event_record(event, self._services.talk.assistant.catalog)
        added: dict[str, Any] = {}
        match name:
            case "understood":
                added = {"understood": record["understood"], "echo": record["echo"]}
            case "cards":
                added = {"items": record["items"], "blocking": record["blocking"]}
            case "question":
                added = {"question": record}
            case "problem":
                self._data["problems"].append(record)
            case "done":
                added = {key: record[key] for key in _ENDING}
        self._data |= added
        if isinstance(event, Stored):
            self._usage = event.done.usage
            ending = self._transcript.ending(event.done)
            self._transcript.text += ending
            return ending, added
        return self._transcript.add(event), added

    def whole(self) -> Completion:
        """The answer in one piece."""
        return Completion(
            id=self._id,
            created=self._created,
            model=self._body.model,
            choices=[Choice(message=AssistantMessage(content=self._transcript.text))],
            usage=self._tokens(),
            concierge=self._data,
        )

    def frames(self) -> Generator[str, None, None]:
        """The answer as chunks."""
        events = self.events()
        try:
            yield self._chunk({"role": "assistant", "content": ""}, {"conversation_id": self._place.conversation_id})
            for event in events:
                text, data = self._take(event)
                if text or data:
                    yield self._chunk({"content": text} if text else {}, data)
            yield self._chunk({}, self._data, finish="stop")
            if self._body.stream_options and self._body.stream_options.include_usage:
                yield self._frame([], usage=self._tokens().model_dump())
            yield "data: [DONE]\n\n"
        finally:
            events.close()

    def _tokens(self) -> CompletionUsage:
        asked, written = self._usage.prompt_tokens, self._usage.completion_tokens
        return CompletionUsage(prompt_tokens=asked, completion_tokens=written, total_tokens=asked + written)

    def _chunk(self, delta: dict[str, str], data: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return self._frame([choice], concierge=data) if data else self._frame([choice])

    def _frame(self, choices: list[dict[str, Any]], **more: Any) -> str:
        head = {"id": self._id, "object": "chat.completion.chunk", "created": self._created, "model": self._body.model}
        return f"data: {json.dumps({**head, 'choices': choices, **more})}\n\n"
