"""What the parts learn from: dialogs (or people) with the items they named in order, and turns with text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.conversation.cases import Case, Utterance, merged
from retrieval.catalog import Catalog
from retrieval.types import Rows

_SPEAKERS = {"assistant": 1, "user": 2}


@dataclass(frozen=True, slots=True)
class Turn:
    """A case in catalog rows. `own` is the place of its dialog in the corpus, -1 when it is not there.

    `mentioned` keeps the order of the case; `liked` is the same without what the person refused;
    `speakers` tells who named each liked item last (0 unknown, 1 assistant, 2 user), as far as its title is found in
    what was `said`. An `invented` turn was never held.
    """

    case: Case
    mentioned: Rows
    liked: Rows
    speakers: NDArray[np.int8]
    said: tuple[Utterance, ...]
    gold: Rows
    own: int = -1
    invented: bool = False


@dataclass(frozen=True)
class Corpus:
    """Dialogs as ordered rows, and the turns whose text is known. `items` is the size of the catalog."""

    items: int
    keys: tuple[str, ...]
    dialogs: tuple[Rows, ...]
    turns: tuple[Turn, ...] = ()

    @cached_property
    def matrix(self) -> csr_matrix[np.float32]:
        """Who named what, shape (dialogs, items), ones."""
        return incidence(self.dialogs, self.items)

    def places(self, most: int, seed: int = 0) -> list[tuple[int, int]]:
        """(dialog, place of an item in it) for all items named; a random choice of `most`, spread over the dialogs.

        No dialog gives more than ten times its even share, or two, whichever is more.
        """
        rng = np.random.default_rng(seed)
        share = max(2, 10 * most // max(len(self.dialogs), 1))
        found = [
            (dialog, int(place))
            for dialog, rows in enumerate(self.dialogs)
            for place in (range(len(rows)) if len(rows) <= share else rng.choice(len(rows), share, replace=False))
        ]
        if len(found) <= most:
            return found
        return [found[place] for place in rng.choice(len(found), most, replace=False)]

    def without(self, held: NDArray[np.bool_]) -> Corpus:
        """The corpus without the dialogs marked in `held`, shape (dialogs,); turns keep no place in it."""
        kept = np.flatnonzero(~held)
        renumbered = np.full(len(held), -1, np.int64)
        renumbered[kept] = np.arange(len(kept))
        turns = tuple(
            replace(turn, own=int(renumbered[turn.own])) for turn in self.turns if turn.own >= 0 and not held[turn.own]
        )
        return Corpus(
            self.items, tuple(self.keys[place] for place in kept), tuple(self.dialogs[place] for place in kept), turns
        )


def incidence(rows: Sequence[Rows], items: int) -> csr_matrix[np.float32]:
    """Ones at (i, each row of rows[i]), shape (len(rows), items)."""
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    columns = np.concatenate([*rows, np.zeros(0, np.int64)])
    matrix = csr_matrix(
        (np.ones(len(columns), np.float32), columns, np.append(0, np.cumsum(lengths))), shape=(len(rows), items)
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def build_corpus(catalog: Catalog, interactions: pd.DataFrame, cases: Sequence[Case]) -> Corpus:
    """Join interactions (`user_id,item_id[,timestamp]`; in the order of the file without times) with cases.

    A case belongs to the user_id that equals its dialog, if they share a quarter of its items; the dialog then names
    what either of them has. The dialogs that interactions lack are read from the cases alone. Raises ValueError when
    no interaction names an item of the catalog and there are no cases.
    """
    histories = _histories(catalog, interactions)
    if not histories and not cases:
        raise ValueError("no interaction names an item of the catalog, and there are no cases to learn from")
    told: dict[str, dict[int, None]] = {}
    for case in cases:
        told.setdefault(case.dialog, {}).update(
            dict.fromkeys(catalog.rows((*case.mentioned, *case.heard, *case.gold)).tolist())
        )
    owner = {}
    for dialog, named in told.items():
        known = histories.get(dialog, {})
        same = not known or 4 * len(named.keys() & known.keys()) >= len(named)
        owner[dialog] = dialog if same else f"{dialog} (cases)"
        if named:
            histories[owner[dialog]] = {**named, **known} if same else named
    keys = tuple(histories)
    places = {key: place for place, key in enumerate(keys)}
    turns = tuple(to_turn(catalog, case, places.get(owner[case.dialog], -1)) for case in cases)
    dialogs = tuple(np.fromiter(named, np.int64) for named in histories.values())
    return Corpus(len(catalog), keys, dialogs, turns)


def to_turn(catalog: Catalog, case: Case, own: int = -1) -> Turn:
    """The case in catalog rows; ids that the catalog lacks are left out, and gold that was mentioned before."""
    named = case.mentioned or case.heard
    liked = catalog.rows(item for item in named if item not in case.disliked)
    said = merged(case.context)
    heard = [(_SPEAKERS[utterance.role], utterance.text.casefold()) for utterance in reversed(said)]
    speakers = np.zeros(len(liked), np.int8)
    for place, row in enumerate(liked):
        title = catalog.titles[row].casefold()
        speakers[place] = next((speaker for speaker, text in heard if title in text), 0)
    gold = catalog.rows(item for item in case.gold if item not in case.mentioned)
    return Turn(case, catalog.rows(named), liked, speakers, said, gold, own)


def _histories(catalog: Catalog, interactions: pd.DataFrame) -> dict[str, dict[int, None]]:
    frame = interactions
    if "timestamp" in frame and frame["timestamp"].notna().all():
        frame = frame.sort_values("timestamp", kind="stable")
    histories: dict[str, dict[int, None]] = {}
    for user, item in zip(frame["user_id"].astype(str), frame["item_id"].astype(str), strict=True):
        if item in catalog:
            histories.setdefault(user, {})[catalog.row(item)] = None
    return histories
