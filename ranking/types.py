"""What ranking hands to the other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.types import Item, Step

EvidenceKind = Literal["liked", "genre", "person", "keyword", "wish", "year", "runtime", "popularity", "rating"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What each part adds to the score: weight times value, so that the parts sum to the blend's score."""

    collaborative: float = 0.0
    semantic: float = 0.0
    liked_similarity: float = 0.0
    popularity: float = 0.0
    match: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that speaks for an item.

    `value` is the fact in the item's record ("thriller", "Christopher Nolan", "2010"), or the title of the liked item
    that points here; `words` is what the person said that it meets ("" when nobody asked); `weight` orders evidence.
    `by_others`: a liked title points here by what others who like it chose; the two need not be alike.
    """

    kind: EvidenceKind
    value: str
    words: str = ""
    weight: float = 0.0
    by_others: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item with its place's reasons: the score, the parts of the blend, and the evidence, strongest first."""

    item: Item
    score: float
    parts: Parts
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The items in order, and how many were left after each step; answers Why? and "what was not used?".

    `blocking` names the constraints that, taken away one at a time, would let items through; it is filled only when
    nothing was left, and `nearest` then holds what passes all the others.
    """

    items: tuple[Ranked, ...]
    trace: tuple[Step, ...] = ()
    blocking: tuple[str, ...] = ()
    nearest: tuple[Ranked, ...] = ()

    @property
    def cards(self) -> tuple[Ranked, ...]:
        """What a person sees: the items, or the nearest ones where nothing was left."""
        return self.items or self.nearest
