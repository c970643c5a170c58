"""Feedback, long-term taste, and a person's own data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator

from assistant.http.auth import Chatter, Owner
from assistant.http.problems import ApiProblem
from assistant.http.services import services_of
from assistant.http.wire import Body, Id, UserName, Words
from assistant.memory import Feedback
from assistant.records import UnderstoodRecord, understood_record

router = APIRouter(prefix="/api", tags=["people"])


class FeedbackBody(Body):
    """What a person says of an item. `id` is the client's own: sent again, it counts once.

    With `conversation_id` the next turn of that conversation takes it into account; `turn_id` is the turn that showed
    the item. `rating` is 0.5 to 5 and goes with the kind "rating"; `why` is the person's words, with any kind.
    """

    id: Id
    kind: Literal["like", "dislike", "seen", "rating", "why"]
    item_id: Id
    conversation_id: Id | None = None
    turn_id: Id | None = None
    rating: Annotated[float, Field(ge=0.5, le=5, allow_inf_nan=False)] | None = None
    why: Annotated[Words, Field(max_length=4000)] = ""
    user: UserName | None = None

    @model_validator(mode="after")
    def _complete(self) -> FeedbackBody:
        if (self.kind == "rating") != (self.rating is not None):
            raise ValueError("rating goes with the kind 'rating', and only with it")
        if self.kind == "why" and not self.why.strip():
            raise ValueError("the kind 'why' needs the words in why")
        if self.turn_id is not None and self.conversation_id is None:
            raise ValueError("turn_id needs its conversation_id")
        return self


class FeedbackStored(BaseModel):
    """The feedback is durable. `repeated`: this id was stored before, and nothing was changed."""

    id: str
    repeated: bool
    understood: UnderstoodRecord | None = Field(description="The conversation's wishes after it.")


class TasteRecord(BaseModel):
    """One line of long-term taste."""

    id: str
    kind: str
    item_id: str
    title: str
    source: str
    created_at: float


class Taste(BaseModel):
    """Whether long-term taste is on, and its lines."""

    remember: bool
    lines: list[TasteRecord]


class Remember(Body):
    """Turn long-term taste on or off; off removes its lines."""

    remember: bool


class ForgottenRecord(BaseModel):
    """The proof: rows removed and rows left, per table. `retrain`: the collaborative model was trained with what this
    person said, and is trained again without it."""

    removed: dict[str, int]
    left: dict[str, int]
    complete: bool
    retrain: bool
    what_to_do: str


@router.post("/feedback", responses={201: {"model": FeedbackStored, "description": "Stored"}})
def give_feedback(body: FeedbackBody, request: Request, response: Response, caller: Chatter) -> FeedbackStored:
    """Store feedback; durable when this answers."""
    services, user = services_of(request), caller.user(body.user)
    catalog, memory = services.talk.assistant.catalog, services.memory
    if catalog.get(body.item_id) is None:
        raise ApiProblem(422, "The catalog has no item with this item_id.")
    if body.conversation_id is not None and body.turn_id is not None:
        turn = memory.conversations.turn(user, body.conversation_id, body.turn_id)
        if turn is None:
            raise ApiProblem(404, "This conversation has no turn with this turn_id.")
    given = Feedback(body.id, body.kind, body.item_id, body.conversation_id, body.turn_id, body.rating, body.why)
    new = memory.learning.give(user, given)
    if new:
        services.metrics.feedback.labels(body.kind).inc()
        response.status_code = 201
    known = None
    if body.conversation_id is not None:
        known = understood_record(memory.conversations.state(user, body.conversation_id)[0], catalog)
    return FeedbackStored(id=body.id, repeated=not new, understood=known)


@router.get("/users/{user_id}/taste")
def read_taste(user_id: Id, request: Request, caller: Chatter) -> Taste:
    """What is kept of this user's taste between conversations."""
    caller.must_speak_for(user_id)
    services = services_of(request)
    catalog = services.talk.assistant.catalog
    lines = [
        TasteRecord(
            id=line.id,
            kind=line.kind,
            item_id=line.item_id,
            title=item.label() if (item := catalog.get(line.item_id)) else "",
            source=line.source,
            created_at=line.created_at,
        )
        for line in services.memory.learning.taste(user_id)
    ]
    return Taste(remember=services.memory.learning.remembers(user_id), lines=lines)


@router.put("/users/{user_id}/taste", status_code=204)
def set_taste(user_id: Id, body: Remember, request: Request, caller: Chatter) -> None:
    """Turn long-term taste on or off. It is off until somebody turns it on."""
    caller.must_speak_for(user_id)
    services_of(request).memory.learning.set_remember(user_id, body.remember)


@router.delete("/users/{user_id}/taste/{line_id}", status_code=204)
def delete_taste(user_id: Id, line_id: Id, request: Request, caller: Chatter) -> None:
    """Remove one line of taste."""
    caller.must_speak_for(user_id)
    services_of(request).memory.learning.delete_taste(user_id, line_id)


@router.get("/users/{user_id}/export")
def export_user(user_id: Id, request: Request, caller: Owner) -> dict[str, Any]:
    """Everything that is stored about this user."""
    caller.must_speak_for(user_id)
    return services_of(request).memory.privacy.export(user_id)


@router.delete("/users/{user_id}")
def forget_user(user_id: Id, request: Request, caller: Owner) -> ForgottenRecord:
    """Forget this user: removes conversations, turns, feedback and taste, then looks again."""
    caller.must_speak_for(user_id)
    forgotten = services_of(request).memory.privacy.forget(user_id)
    again = (
        "The collaborative model was trained with what this person said. A running `concierge serve` begins to train "
        "it again within seconds; `concierge train` does so at once."
    )
    return ForgottenRecord(
        removed=dict(forgotten.removed),
        left=dict(forgotten.left),
        complete=forgotten.complete,
        retrain=forgotten.retrain,
        what_to_do=again if forgotten.retrain else "Nothing: no trace is left.",
    )
