"""The JSON that goes over the wire: requests that cannot be stored or shown safely do not get past these types."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from assistant.records import CardRecord, UnderstoodRecord, item_records
from ranking.types import Evidence, Ranking


def _no_controls(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("control characters and lone surrogates are not allowed")
    return text


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


Id = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_controls)]
"""An id as clients and catalogs give them: any text that is not control characters."""

UserName = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_no_controls)]
Words = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_storable)]
"""A person's words. What cannot be encoded is left out."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_no_controls)]
Names = Annotated[list[Name], Field(max_length=50)]
Year = Annotated[int, Field(ge=0, le=9999)]
Count = Annotated[int, Field(ge=1, le=20)]


class Body(BaseModel):
    """A request's body: unknown keys are refused, so that a typing error does not go unnoticed."""

    model_config = ConfigDict(extra="forbid")


class Fact(TypedDict):
    """One piece of evidence: `words` is what the person said that it meets."""

    kind: str
    value: str
    words: str
    weight: float


class Card(CardRecord):
    """One recommended item, as `concierge ask --json` prints it, with its evidence."""

    evidence: list[Fact]


class Step(TypedDict):
    """How many items were left after a step."""

    name: str
    left: int


class Recommended(BaseModel):
    """A ranking. `blocking` names the constraints in the way when nothing fits; `items` are then the nearest."""

    items: list[Card]
    blocking: list[str] = []
    trace: list[Step] = []


class RecommendedFor(Recommended):
    """A ranking, and what it was asked for."""

    understood: UnderstoodRecord
    unknown: list[str] = Field(description="Titles, ids, genres and people that the catalog does not know.")


Door = Literal["api", "openai", "click"]


def cards(ranking: Ranking, reasons: tuple[str, ...]) -> list[Card]:
    """The cards of a ranking with their reasons; the nearest when nothing fits."""
    shown = ranking.cards
    return [
        {**record, "evidence": [_fact(fact) for fact in ranked.evidence]}
        for record, ranked in zip(item_records(shown, reasons), shown, strict=True)
    ]


def _fact(fact: Evidence) -> Fact:
    return Fact(kind=fact.kind, value=fact.value, words=fact.words, weight=fact.weight)


def recommended(ranking: Ranking, reasons: tuple[str, ...]) -> Recommended:
    """A ranking for the wire."""
    return Recommended(items=cards(ranking, reasons), blocking=list(ranking.blocking), trace=steps(ranking))


def steps(ranking: Ranking) -> list[Step]:
    """The ranking's trace for the wire."""
    return [Step(name=step.name, left=step.left) for step in ranking.trace]
