from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ranking.interactions import Interactions, InteractionsError, RatingScale
from ranking.noise import NoiseConfig


def frame(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])


def test_matrix_follows_the_catalog_and_counts_what_it_lacks() -> None:
    found = Interactions.from_frame(frame(("u", "b", 4.0), ("v", "a", 1.0), ("v", "z", 5.0)), ["a", "b", "c"])
    assert found.matrix.toarray().tolist() == [[0, 4, 0], [1, 0, 0]]
    assert found.user_ids == ("u", "v")
    assert found.report.removed["of items that the catalog lacks"] == 1
    assert found.counts().tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("scale", "like", "dislike"),
    [(RatingScale(0.5, 5), 3.5, 2.5), (RatingScale(1, 5), 4, 2), (RatingScale(1, 10), 7, 5), (RatingScale(0, 1), 1, 0)],
)
def test_likes_and_dislikes_of_common_scales(scale: RatingScale, like: float, dislike: float) -> None:
    step = 0.5 if scale.low == 0.5 else 1
    assert like - step < scale.like_from <= like
    assert dislike <= scale.dislike_to < dislike + step


def test_a_rating_of_zero_is_a_dislike_not_a_gap() -> None:
    found = Interactions.from_frame(frame(("u", "a", 0.0), ("u", "b", 1.0)))
    assert found.matrix.nnz == 2
    assert found.likes().toarray().tolist() == [[0, 1]]


def test_without_ratings_everything_is_a_like() -> None:
    found = Interactions.from_frame(pd.DataFrame({"user_id": ["u", "u"], "item_id": ["a", "b"]}))
    assert found.likes().nnz == 2


def test_latest_of_duplicates_stays() -> None:
    rows = frame(("u", "a", 5.0), ("u", "a", 1.0), ("u", "b", 3.0)).assign(timestamp=[20, 10, 30])
    found = Interactions.from_frame(rows)
    assert found.matrix.toarray().tolist() == [[5, 3]]
    assert found.report.removed["duplicates"] == 1
    assert found.times is not None
    assert found.times.tolist() == [20, 30]


def test_bots_single_value_raters_outliers_and_gaps_are_removed() -> None:
    people = [(f"p{user}", f"i{item}", float(1 + (user * item) % 5)) for user in range(5) for item in range(9)]
    bot = [("bot", f"i{item}", float(1 + item % 5)) for item in range(300)]
    flat = [("flat", f"i{item}", 5.0) for item in range(30)]
    odd = [("p0", "i50", 900.0), ("p0", "i51", float("nan"))]
    found = Interactions.from_frame(frame(*people, *bot, *flat, *odd))
    assert set(found.report.users) == {"bot", "flat"}
    assert found.matrix.nnz == len(people)
    assert "300 by bots" in found.report.text()


def test_limits_can_be_set() -> None:
    rows = frame(*[("u", f"i{item}", 3.0) for item in range(5)], ("v", "i0", 1.0))
    found = Interactions.from_frame(rows, noise=NoiseConfig(single_value_from=5))
    assert found.user_ids == ("v",)


@pytest.mark.parametrize("rows", [frame(), frame(("u", "z", 3.0))])
def test_nothing_left_is_an_error_that_says_so(rows: pd.DataFrame) -> None:
    with pytest.raises(InteractionsError, match="no interactions are left"):
        Interactions.from_frame(rows, ["a"])


def test_missing_column_is_named() -> None:
    with pytest.raises(InteractionsError, match="item_id"):
        Interactions.from_frame(pd.DataFrame({"user_id": ["u"]}))


def test_some_users_keep_their_ratings_and_times() -> None:
    rows = frame(("u", "a", 5.0), ("v", "b", 1.0), ("w", "a", 2.0)).assign(timestamp=[1, 2, 3])
    found = Interactions.from_frame(rows).users(np.array([2, 0]))
    assert found.user_ids == ("w", "u")
    assert found.matrix.toarray().tolist() == [[2, 0], [5, 0]]
    assert found.times is not None
    assert found.times.tolist() == [3, 1]
