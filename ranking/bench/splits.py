"""What is trained on, what is known of each person, and what has to be found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.interactions import Interactions, select
from ranking.models.fitted import LIKE_FROM, Profiles

Protocol = Literal["leave-last-out", "temporal", "temporal-known"]
PROTOCOLS: tuple[Protocol, ...] = ("leave-last-out", "temporal", "temporal-known")
TEMPORAL_CUT = 0.8


@dataclass(frozen=True, slots=True)
class Split:
    """People under test, shape (people, items) for both tables: `profiles` is what is known of them, preferences from
    -1 to 1, and `wanted` has ones at what they liked later. `trained` is each person's row in `training`, -1 for new
    ones; `times` are those of the entries of `profiles`."""

    training: Interactions
    profiles: Profiles
    wanted: csr_matrix[np.float32]
    trained: NDArray[np.int64]
    times: NDArray[np.int64]

    def relevant(self) -> NDArray[np.int64]:
        """How many items each person wants, shape (people,); never 0."""
        return np.diff(self.wanted.indptr).astype(np.int64)

    def people(self, keep: NDArray[np.bool_]) -> Split:
        """Some of the people."""
        times = self.times[np.repeat(keep, np.diff(self.profiles.indptr))]
        kept = (self.profiles[keep], self.wanted[keep], self.trained[keep])
        return Split(self.training, *kept, times)

    def recent(self, likes: int) -> Profiles:
        """Of what is known of each person only so many likes, the last ones."""
        profiles, liked = self.profiles, self.profiles.data >= LIKE_FROM
        owner = np.repeat(np.arange(profiles.shape[0]), np.diff(profiles.indptr))
        order = np.lexsort((profiles.indices, self.times, owner))
        running = np.empty(len(order), np.int64)
        running[order] = np.cumsum(liked[order])
        total = np.cumsum(np.bincount(owner[liked], minlength=profiles.shape[0]))
        return keep_entries(profiles, liked & (total[owner] - running < likes))


def make_split(interactions: Interactions, protocol: Protocol, cut: float = TEMPORAL_CUT) -> Split:
    """Split by time. Raises ValueError without timestamps.

    leave-last-out: the last liked item of each person is wanted, everything before it is training. temporal: training
    is everything before the moment at which the share `cut` of all ratings was given; what was liked later is wanted;
    most people are new then and known by nothing. temporal-known: the same training, but each person under test shows
    the first half of what they rated afterwards, as a profile that no model was trained on.
    """
    if interactions.times is None:
        raise ValueError("the ratings have no timestamps, so they cannot be split by time")
    if protocol == "leave-last-out":
        return _leave_last_out(interactions)
    return _temporal(interactions, float(np.quantile(interactions.times, cut)), known=protocol == "temporal-known")


def validation(interactions: Interactions, split: Split, protocol: Protocol) -> tuple[Split, ...]:
    """Splits inside the training part, made like the test split, to choose settings on."""
    if protocol == "leave-last-out":
        return (make_split(split.training, protocol),)
    # Two windows before the test cut: one alone has few people.
    times = interactions.times
    assert times is not None  # noqa: S101 - make_split refused already
    known = protocol == "temporal-known"
    cuts = [float(np.quantile(times, TEMPORAL_CUT * share)) for share in (0.75, 0.875, 1.0)]
    return tuple(_temporal(_before(interactions, end), start, known) for start, end in pairwise(cuts))


def cold_people(interactions: Interactions, share: float = 0.2, seed: int = 7) -> tuple[Interactions, Interactions]:
    """Training people, and people of whom no rating is trained on, at random."""
    order = np.random.default_rng(seed).permutation(len(interactions.user_ids))
    cut = int(len(order) * share)
    return interactions.users(np.sort(order[cut:])), interactions.users(np.sort(order[:cut]))


def first_likes(training: Interactions, people: Interactions, told: int) -> Split:
    """Of each new person with more than five likes: the first `told` are known, those from the sixth on are wanted."""
    assert people.times is not None  # noqa: S101 - make_split refused already
    order = _by_time(people)
    likes = people.matrix.data >= people.scale.like_from
    rank = _rank(people, order, likes)
    shown = likes & (rank < told)
    wanted = select(people.matrix, likes & (rank >= 5))
    new = np.full(len(people.user_ids), -1, np.int64)
    split = Split(training, keep_entries(people.preferences(), shown), wanted, new, people.times[shown])
    return split.people(np.diff(wanted.indptr) > 0)


def _leave_last_out(interactions: Interactions) -> Split:
    assert interactions.times is not None  # noqa: S101 - make_split refused already
    order = _by_time(interactions)
    likes = interactions.matrix.data >= interactions.scale.like_from
    owner = _owners(interactions)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    last = np.full(len(interactions.user_ids), -1, np.int64)
    np.maximum.at(last, owner[likes], place[likes])
    keep = place < np.where(last >= 0, last, len(order))[owner]
    chosen = place == last[owner]
    training = _entries(interactions, keep)
    split = Split(
        training,
        training.preferences(),
        select(interactions.matrix, chosen),
        np.arange(len(interactions.user_ids)),
        interactions.times[keep],
    )
    return split.people((last >= 0) & (np.diff(training.matrix.indptr) > 0))


def _temporal(interactions: Interactions, moment: float, known: bool) -> Split:
    assert interactions.times is not None  # noqa: S101 - make_split refused already
    before = interactions.times < moment
    likes = interactions.matrix.data >= interactions.scale.like_from
    shown = before.copy()
    if known:
        owner, later = _owners(interactions), ~before
        rank = _rank(interactions, _by_time(interactions), later)
        total = np.bincount(owner[later], minlength=len(interactions.user_ids))
        shown |= later & (rank < total[owner] // 2)
    training = _entries(interactions, before)
    has_training = np.diff(training.matrix.indptr) > 0
    split = Split(
        training,
        keep_entries(interactions.preferences(), shown),
        select(interactions.matrix, likes & ~shown),
        np.where(has_training, np.arange(len(has_training)), -1),
        interactions.times[shown],
    )
    return split.people(np.diff(split.wanted.indptr) > 0)


def _before(interactions: Interactions, moment: float) -> Interactions:
    assert interactions.times is not None  # noqa: S101 - make_split refused already
    return _entries(interactions, interactions.times < moment)


def _entries(interactions: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    """The same users and items, some of the entries."""
    times = None if interactions.times is None else interactions.times[keep]
    return replace(interactions, matrix=keep_entries(interactions.matrix, keep), times=times)


def keep_entries(matrix: csr_matrix[np.float32], keep: NDArray[np.bool_]) -> csr_matrix[np.float32]:
    """Some of the stored entries, with their values; `keep` has shape (nnz,)."""
    kept = select(matrix, keep)
    kept.data = matrix.data[keep]
    return kept


def _owners(interactions: Interactions) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(interactions.user_ids)), np.diff(interactions.matrix.indptr))


def _by_time(interactions: Interactions) -> NDArray[np.int64]:
    """Entries by user, then by time; ties by item."""
    assert interactions.times is not None  # noqa: S101 - make_split refused already
    return np.lexsort((interactions.matrix.indices, interactions.times, _owners(interactions)))


def _rank(interactions: Interactions, order: NDArray[np.int64], among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Place in time of each entry among its user's entries that are in `among`, from 0."""
    owner = _owners(interactions)
    running = np.empty(len(order), np.int64)
    running[order] = np.cumsum(among[order])
    earlier = np.concatenate([[0], np.cumsum(np.bincount(owner[among], minlength=len(interactions.user_ids)))])
    return np.asarray(running - earlier[owner] - 1, np.int64)
