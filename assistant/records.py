"""What programs read: the state and the cards as plain records, the same for the command line and the API."""

from __future__ import annotations

from dataclasses import asdict

from typing_extensions import TypedDict  # typing's own does for Pydantic from Python 3.12 on

from assistant.state import DialogueState
from ranking.types import Ranked
from retrieval.catalog import Catalog


class UnderstoodRecord(TypedDict):
    """What the conversation has established, with titles in place of ids."""

    like: list[str]
    dislike: list[str]
    genres: list[str]
    not_genres: list[str]
    people: list[str]
    year_from: int | None
    year_to: int | None
    wishes: list[str]


class CardRecord(TypedDict):
    """One card."""

    rank: int
    id: str
    title: str
    year: int | None
    genres: list[str]
    score: float
    parts: dict[str, float]
    reason: str


def _titles(ids: tuple[str, ...], unknown: tuple[str, ...], catalog: Catalog) -> list[str]:
    known = [item.title for id_ in ids if (item := catalog.get(id_)) is not None]
    return [*known, *unknown]


def understood_record(state: DialogueState, catalog: Catalog) -> UnderstoodRecord:
    """The state in the keys that `ask --json` and the API share."""
    return UnderstoodRecord(
        like=_titles(state.likes, state.unknown_likes, catalog),
        dislike=_titles(state.dislikes, state.unknown_dislikes, catalog),
        genres=list(state.genres),
        not_genres=sorted(state.limits.not_genres),
        people=list(state.people),
        year_from=state.limits.year_from,
        year_to=state.limits.year_to,
        wishes=list(state.wishes),
    )


def item_records(ranked: tuple[Ranked, ...], reasons: tuple[str, ...]) -> list[CardRecord]:
    """The cards in order; scores are rounded to four places."""
    return [
        CardRecord(
            rank=number,
            id=card.item.id,
            title=card.item.title,
            year=card.item.year,
            genres=list(card.item.genres),
            score=round(card.score, 4),
            parts={name: round(value, 4) for name, value in asdict(card.parts).items()},
            reason=reason,
        )
        for number, (card, reason) in enumerate(zip(ranked, reasons, strict=True), start=1)
    ]
