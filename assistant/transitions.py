"""What one slot, or one pointed-at item, changes in the state. Pure functions that `DialogueState.apply` calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.acts import Intent, Slot, SlotName
from retrieval.types import unique

if TYPE_CHECKING:
    from assistant.state import DialogueState

DEFAULT_COUNT = 5
MAX_COUNT = 20
"""The most cards that one turn shows."""


def set_slot(state: DialogueState, slot: Slot) -> DialogueState:
    """The state after one slot; an operator that means nothing for this name changes nothing."""
    return _HANDLERS[slot.name](state, slot)


def _without(values: tuple[str, ...], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value not in gone)


def _limits(state: DialogueState, **changes: object) -> DialogueState:
    return replace(state, limits=replace(state.limits, **changes))  # type: ignore[arg-type]


def _title(state: DialogueState, slot: Slot) -> DialogueState:
    if slot.item_id is None:
        return _unknown_title(state, slot)
    one = (slot.item_id,)
    if slot.operator == "=":
        return replace(state, likes=unique((*state.likes, *one)), dislikes=_without(state.dislikes, one))
    if slot.operator == "not":
        return replace(state, dislikes=unique((*state.dislikes, *one)), likes=_without(state.likes, one))
    if slot.operator == "seen":
        return replace(state, seen=unique((*state.seen, *one)))
    if slot.operator == "except":
        return replace(state, rejected=unique((*state.rejected, *one)))
    if slot.operator == "again":
        return _let_back(state, one)
    if slot.operator == "forget":
        return replace(_let_back(state, one), likes=_without(state.likes, one), dislikes=_without(state.dislikes, one))
    return state


def _let_back(state: DialogueState, ids: tuple[str, ...]) -> DialogueState:
    return replace(
        state,
        shown=_without(state.shown, ids),
        seen=_without(state.seen, ids),
        rejected=_without(state.rejected, ids),
    )


def _unknown_title(state: DialogueState, slot: Slot) -> DialogueState:
    one = (slot.value,)
    likes, dislikes = _without(state.unknown_likes, one), _without(state.unknown_dislikes, one)
    if slot.operator == "=":
        return replace(state, unknown_likes=(*likes, *one), unknown_dislikes=dislikes)
    if slot.operator == "not":
        return replace(state, unknown_likes=likes, unknown_dislikes=(*dislikes, *one))
    if slot.operator == "forget":
        if slot.value:
            return replace(state, unknown_likes=likes, unknown_dislikes=dislikes)
        return replace(state, likes=(), dislikes=(), unknown_likes=(), unknown_dislikes=())
    return state


def _genre(state: DialogueState, slot: Slot) -> DialogueState:
    one, limits = (slot.value,), state.limits
    if slot.operator in ("=", "prefer"):
        genres = unique((*state.genres, *one))
        return replace(
            _limits(state, genres_any=frozenset(genres), not_genres=limits.not_genres - {*one}), genres=genres
        )
    if slot.operator == "not":
        genres = _without(state.genres, one)
        return replace(
            _limits(state, genres_any=frozenset(genres), not_genres=limits.not_genres | {*one}), genres=genres
        )
    if slot.operator == "forget":
        genres = _without(state.genres, one) if slot.value else ()
        refused = limits.not_genres - {*one} if slot.value else frozenset[str]()
        return replace(_limits(state, genres_any=frozenset(genres), not_genres=refused), genres=genres)
    return state


def _person(state: DialogueState, slot: Slot) -> DialogueState:
    one, limits = (slot.value,), state.limits
    wanted, refused = limits.people_any - {*one}, limits.not_people - {*one}
    if slot.operator in ("=", "prefer"):
        asked = limits.people_any | {*one} if slot.operator == "=" else limits.people_any
        state = _limits(state, people_any=asked, not_people=refused)
        return replace(state, people=unique((*state.people, *one)))
    if slot.operator == "not":
        state = _limits(state, people_any=wanted, not_people=limits.not_people | {*one})
        return replace(state, people=_without(state.people, one))
    if slot.operator == "forget":
        if not slot.value:
            return replace(_limits(state, people_any=frozenset(), not_people=frozenset()), people=())
        return replace(_limits(state, people_any=wanted, not_people=refused), people=_without(state.people, one))
    return state


def _year(state: DialogueState, slot: Slot) -> DialogueState:
    return _bound(state, slot, "year_from", "year_to")


def _runtime(state: DialogueState, slot: Slot) -> DialogueState:
    return _bound(state, slot, "runtime_from", "runtime_to")


def _bound(state: DialogueState, slot: Slot, low: str, high: str) -> DialogueState:
    """Set one bound, or both. What was said last wins: an older bound on the other side that contradicts it goes."""
    if slot.operator == "forget":
        return _limits(state, **{low: None, high: None})
    if slot.operator not in ("=", ">=", "<=") or not slot.value.isdecimal():
        return state
    number = int(slot.value)
    least, most = getattr(state.limits, low), getattr(state.limits, high)
    if slot.operator == "=":
        least = most = number
    elif slot.operator == ">=":
        least, most = number, most if most is None or most >= number else None
    else:
        least, most = least if least is None or least <= number else None, number
    return _limits(state, **{low: least, high: most})


def _language(state: DialogueState, slot: Slot) -> DialogueState:
    one, limits = {slot.value}, state.limits
    if slot.operator == "=":
        return _limits(state, languages=limits.languages | one, not_languages=limits.not_languages - one)
    if slot.operator == "not":
        return _limits(state, languages=limits.languages - one, not_languages=limits.not_languages | one)
    if slot.operator == "forget":
        return _limits(state, languages=frozenset(), not_languages=frozenset())
    return state


def _country(state: DialogueState, slot: Slot) -> DialogueState:
    if slot.operator == "=":
        return _limits(state, countries=state.limits.countries | {slot.value})
    return _limits(state, countries=frozenset()) if slot.operator == "forget" else state


def _popularity(state: DialogueState, slot: Slot) -> DialogueState:
    """Values are "less" and "more"; anything else, and forget, is neither."""
    bias = {"less": -1.0, "more": 1.0}.get(slot.value, 0.0)
    return replace(state, popularity_bias=0.0 if slot.operator == "forget" else bias)


def _wish(state: DialogueState, slot: Slot) -> DialogueState:
    one, limits = (slot.value,), state.limits
    if slot.operator == "=":
        wishes = unique((*state.wishes, *one))
        return replace(_limits(state, not_keywords=limits.not_keywords - {*one}), wishes=wishes)
    if slot.operator == "not":
        wishes = _without(state.wishes, one)
        return replace(_limits(state, not_keywords=limits.not_keywords | {*one}), wishes=wishes)
    if slot.operator == "forget":
        if not slot.value:
            return replace(_limits(state, not_keywords=frozenset()), wishes=())
        wishes = _without(state.wishes, one)
        return replace(_limits(state, not_keywords=limits.not_keywords - {*one}), wishes=wishes)
    return state


def _count(state: DialogueState, slot: Slot) -> DialogueState:
    if slot.operator == "forget":
        return replace(state, count=DEFAULT_COUNT)
    return replace(state, count=min(max(int(slot.value), 1), MAX_COUNT)) if slot.value.isdecimal() else state


def _rating(state: DialogueState, slot: Slot) -> DialogueState:  # noqa: ARG001  the query has no bound on ratings
    return state


_HANDLERS: dict[SlotName, Callable[[DialogueState, Slot], DialogueState]] = {
    "title": _title,
    "genre": _genre,
    "person": _person,
    "year": _year,
    "runtime": _runtime,
    "language": _language,
    "country": _country,
    "popularity": _popularity,
    "wish": _wish,
    "count": _count,
    "rating": _rating,
}


def point(state: DialogueState, intent: Intent, ids: list[str]) -> DialogueState:
    """What the intent does to the items that the message points at."""
    if not ids:
        return state
    if intent in (Intent.LIKE, Intent.MORE_LIKE):
        return replace(state, likes=unique((*state.likes, *ids)), dislikes=_without(state.dislikes, ids))
    if intent is Intent.DISLIKE:
        return replace(state, dislikes=unique((*state.dislikes, *ids)), likes=_without(state.likes, ids))
    if intent is Intent.REJECT:
        return replace(state, rejected=unique((*state.rejected, *ids)))
    if intent is Intent.SEEN:
        return replace(state, seen=unique((*state.seen, *ids)))
    return state
