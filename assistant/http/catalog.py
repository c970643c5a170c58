"""The catalog's routes: items, what is like them, search, and recommendations without the language model."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field, model_validator

from assistant.acts import DialogueAct, Intent, Slot
from assistant.explaining import reasons
from assistant.http.auth import Reader
from assistant.http.problems import ApiProblem
from assistant.http.services import Services, services_of
from assistant.http.wire import (
    Body,
    Count,
    Id,
    Names,
    Recommended,
    RecommendedFor,
    Year,
    recommended,
)
from assistant.records import understood_record
from assistant.state import DialogueState
from retrieval.types import Item, unique
from retrieval.types import Query as CatalogQuery

router = APIRouter(prefix="/api", tags=["catalog"])


class Wanted(Body):
    """What to recommend for; every key is optional. `like` and `dislike` are titles or item ids."""

    like: Names = Field(default_factory=list)
    dislike: Names = Field(default_factory=list)
    genres: Names = Field(default_factory=list)
    not_genres: Names = Field(default_factory=list)
    people: Names = Field(default_factory=list)
    year_from: Year | None = None
    year_to: Year | None = None
    wishes: Names = Field(default_factory=list)
    count: Count = 5

    @model_validator(mode="after")
    def _years_in_order(self) -> Wanted:
        if self.year_from is not None and self.year_to is not None and self.year_from > self.year_to:
            raise ValueError("year_from must not be after year_to")
        return self


@router.post("/recommend")
def recommend(body: Wanted, request: Request, _caller: Reader) -> RecommendedFor:
    """A ranking for these wishes, with the evidence for each item. The language model is not asked."""
    services = services_of(request)
    state, unknown = _state(body, services)
    ranking = services.talk.assistant.rank(state.query())
    answer = recommended(ranking, reasons(ranking, state))
    known = understood_record(state, services.talk.assistant.catalog)
    return RecommendedFor(**answer.model_dump(), understood=known, unknown=unknown)


def _state(body: Wanted, services: Services) -> tuple[DialogueState, list[str]]:
    """The wishes as the state that a conversation with the same wishes would have reached."""
    catalog = services.talk.assistant.catalog
    slots: list[Slot] = []
    unknown: list[str] = []
    for operator, titles in (("=", body.like), ("not", body.dislike)):
        for title in titles:
            item_id = title if catalog.get(title) is not None else services.linker.link(title).item_id
            slots.append(Slot("title", operator, title, item_id=item_id))  # type: ignore[arg-type]
            if item_id is None:
                unknown.append(title)
    for operator, names in (("=", body.genres), ("not", body.not_genres)):
        for name in names:
            genre = catalog.genre(name)
            if genre is None:
                unknown.append(name)
            slots.append(Slot("genre", operator, genre or name.lower()))  # type: ignore[arg-type]
    slots += [Slot("person", "=", name) for name in body.people]
    unknown += [name for name in body.people if name not in catalog.people]
    slots += [Slot("wish", "=", wish) for wish in body.wishes]
    if body.year_from is not None:
        slots.append(Slot("year", ">=", str(body.year_from)))
    if body.year_to is not None:
        slots.append(Slot("year", "<=", str(body.year_to)))
    slots.append(Slot("count", "=", str(body.count)))
    return DialogueState().apply(DialogueAct(Intent.RECOMMEND, tuple(slots))), list(unique(unknown))


@router.get("/items/{item_id}")
def read_item(item_id: Id, request: Request, _caller: Reader) -> Item:
    """One item of the catalog."""
    return _item(item_id, request)


@router.get("/items/{item_id}/similar")
def similar_items(item_id: Id, request: Request, _caller: Reader, count: Count = 5) -> Recommended:
    """Items that people who like this one like, and that read alike."""
    item = _item(item_id, request)
    state = DialogueState(likes=(item.id,), count=count)
    ranking = services_of(request).talk.assistant.rank(state.query())
    return recommended(ranking, reasons(ranking, state))


@router.get("/search")
def search(
    request: Request,
    _caller: Reader,
    q: Annotated[str, Query(min_length=1, max_length=300, description="A title, or what it is about.")],
    count: Count = 10,
) -> list[Item]:
    """Items with this title, then items that read like these words."""
    services = services_of(request)
    catalog = services.talk.assistant.catalog
    link = services.linker.link(q)
    titled = [link.item_id] if link.item_id else list(link.alternatives)
    ranking = services.talk.assistant.rank(CatalogQuery(text=q, keywords=(q,), count=count))
    ids = unique([*titled, *(ranked.item.id for ranked in ranking.items)])[:count]
    return [item for item_id in ids if (item := catalog.get(item_id)) is not None]


def _item(item_id: str, request: Request) -> Item:
    item = services_of(request).talk.assistant.catalog.get(item_id)
    if item is None:
        raise ApiProblem(404, "The catalog has no item with this id; /api/search finds ids by title.")
    return item
