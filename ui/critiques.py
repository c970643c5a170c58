"""Critiques: one step away from what is shown, offered only where the catalog still has titles to show for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median_low

import numpy as np

from assistant.acts import DialogueAct, Intent, Slot
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.catalog import Catalog
from ui.types import Critique

_ENOUGH = 3
"""A critique with fewer titles behind it is not offered."""


def critiques(state: DialogueState, ranking: Ranking, catalog: Catalog) -> tuple[Critique, ...]:
    """The steps that are possible after these cards, each with how many titles it leaves.

    A bound is set at the middle of what is shown: "older" asks for titles before the cards' median year.
    """
    if not ranking.items:
        return ()
    offered = (*_bounds(state, ranking, catalog), *_tones(state, ranking, catalog), *_fame(state, ranking, catalog))
    kept = [critique for critique in offered if critique.left >= _ENOUGH]
    others = int(catalog.allowed(state.limits, state.query().exclude).sum())
    if others:
        kept.append(Critique("more", DialogueAct(Intent.REFINE), left=others))
    return tuple(kept)


def _left(state: DialogueState, catalog: Catalog, **changes: object) -> int:
    limits = replace(state.limits, **changes)  # type: ignore[arg-type]
    return int(catalog.allowed(limits, state.query().exclude).sum())


def _bounds(state: DialogueState, ranking: Ranking, catalog: Catalog) -> Iterator[Critique]:
    years = [ranked.item.year for ranked in ranking.items if ranked.item.year]
    if years:
        year = median_low(years)
        for name, operator, bound, change in (
            ("older", "<=", year - 1, {"year_to": year - 1}),
            ("newer", ">=", year + 1, {"year_from": year + 1}),
        ):
            act = DialogueAct(Intent.REFINE, (Slot("year", operator, str(bound)),))  # type: ignore[arg-type]
            yield Critique(name, act, str(year), _left(state, catalog, **change))
    runtimes = [ranked.item.runtime for ranked in ranking.items if ranked.item.runtime]
    if runtimes:
        minutes = median_low(runtimes)
        act = DialogueAct(Intent.REFINE, (Slot("runtime", "<=", str(minutes - 1)),))
        yield Critique("shorter", act, str(minutes), _left(state, catalog, runtime_to=minutes - 1))


def _tones(state: DialogueState, ranking: Ranking, catalog: Catalog) -> Iterator[Critique]:
    comedy = catalog.genre("comedy")
    if comedy is None or comedy in state.limits.not_genres:
        return
    if all(comedy in ranked.item.genres for ranked in ranking.items):
        return
    act = DialogueAct(Intent.REFINE, (Slot("genre", "=", comedy),))
    yield Critique("lighter", act, left=_left(state, catalog, genres_any=state.limits.genres_any | {comedy}))


def _fame(state: DialogueState, ranking: Ranking, catalog: Catalog) -> Iterator[Critique]:
    votes = [ranked.item.votes for ranked in ranking.items if ranked.item.votes]
    if not votes:
        return
    middle = median_low(votes)
    allowed = catalog.allowed(state.limits, state.query().exclude)
    with np.errstate(invalid="ignore"):
        fewer = int((allowed & (catalog.votes < middle)).sum())
        more = int((allowed & (catalog.votes > middle)).sum())
    if state.popularity_bias >= 0:
        yield Critique("lesser", DialogueAct(Intent.REFINE, (Slot("popularity", "=", "less"),)), left=fewer)
    if state.popularity_bias < 0:
        yield Critique("known", DialogueAct(Intent.REFINE, (Slot("popularity", "=", "more"),)), left=more)
