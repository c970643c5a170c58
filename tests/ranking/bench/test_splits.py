from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ranking.bench.splits import cold_people, first_likes, make_split, validation
from ranking.interactions import Interactions


@pytest.fixture
def people() -> Interactions:
    """Thirty people who come one after another; each rates ten items in the order of their numbers."""
    rng = np.random.default_rng(0)
    rows = [
        {
            "user_id": f"u{user:02}",
            "item_id": f"i{item:02}",
            "rating": float(rng.integers(1, 6)),
            "timestamp": user * 50 + item * 10,
        }
        for user in range(30)
        for item in np.sort(rng.choice(25, 10, replace=False))
    ]
    return Interactions.from_frame(pd.DataFrame(rows))


def times_of(interactions: Interactions, user: int, items: np.ndarray) -> np.ndarray:
    return user * 50 + np.array([int(interactions.item_ids[item][1:]) for item in items]) * 10


def test_last_like_is_wanted_and_nothing_after_it_is_known(people: Interactions) -> None:
    split = make_split(people, "leave-last-out")
    assert (split.relevant() == 1).all()
    for place, user in enumerate(split.trained):
        wanted = split.wanted[place].indices[0]
        assert people.matrix[user, wanted] >= people.scale.like_from
        assert (split.profiles[place].indices < wanted).all()
        later = [i for i in people.matrix[user].indices if i > wanted]
        assert all(people.matrix[user, item] < people.scale.like_from for item in later)
        assert split.training.matrix[user].indices.tolist() == split.profiles[place].indices.tolist()


@pytest.mark.parametrize("protocol", ["temporal", "temporal-known"])
def test_training_ends_where_the_test_begins(people: Interactions, protocol: str) -> None:
    split = make_split(people, protocol)  # type: ignore[arg-type]
    assert people.times is not None
    assert split.training.times is not None
    moment = split.training.times.max()
    assert len(split.training.times) == int(0.8 * people.matrix.nnz)
    for wanted, profile in zip(split.wanted, split.profiles, strict=True):
        assert not set(wanted.indices) & set(profile.indices)
    if protocol == "temporal":
        assert split.profiles[np.flatnonzero(split.trained < 0)].nnz == 0
    else:
        assert (np.diff(split.profiles.indptr)[split.trained < 0] > 0).all()
    for inner in validation(people, split, protocol):  # type: ignore[arg-type]
        assert inner.training.times is not None
        assert inner.training.times.max() < moment
        assert inner.relevant().min() > 0


def test_new_people_tell_their_first_likes(people: Interactions) -> None:
    training, others = cold_people(people)
    assert not set(training.user_ids) & set(others.user_ids)
    nothing, three = first_likes(training, others, 0), first_likes(training, others, 3)
    assert nothing.profiles.nnz == 0
    assert (np.diff(three.profiles.indptr) == 3).all()
    assert (three.wanted != nothing.wanted).nnz == 0
    for known, wanted in zip(three.profiles, three.wanted, strict=True):
        assert known.indices.max() < wanted.indices.min()


def test_no_times_no_split() -> None:
    rows = [{"user_id": "u", "item_id": item, "rating": 4.0} for item in "abc"]
    with pytest.raises(ValueError, match="timestamps"):
        make_split(Interactions.from_frame(pd.DataFrame(rows)), "temporal")


@pytest.mark.parametrize("protocol", ["leave-last-out", "temporal-known"])
def test_recent_keeps_the_last_likes(people: Interactions, protocol: str) -> None:
    split = make_split(people, protocol)  # type: ignore[arg-type]
    half = split.people(np.arange(len(split.trained)) % 2 == 0)
    recent = half.recent(2)
    assert recent.shape == half.profiles.shape
    for shown, told in zip(half.profiles, recent, strict=True):
        likes = shown.indices[shown.data >= 0.3]  # Everybody rates items in the order of their numbers.
        assert told.indices.tolist() == np.sort(likes)[-2:].tolist()
        assert (told.data >= 0.3).all()
    assert half.recent(99).nnz == (half.profiles.data >= 0.3).sum()
