import numpy as np
import pytest

from ranking.conversation.measures import Ranks, compare, rank_of


def test_measures_by_hand() -> None:
    ranks = Ranks(np.array([1.0, 3.0, 11.0, 60.0]), np.array(["a", "a", "b", "c"]))
    means = ranks.means()
    assert means["R@1"] == 0.25
    assert means["R@5"] == 0.5
    assert means["R@10"] == 0.5
    assert means["R@20"] == 0.75
    assert means["R@50"] == 0.75
    assert means["NDCG@10"] == pytest.approx((1.0 + 0.5) / 4)
    assert means["MRR"] == pytest.approx((1 + 1 / 3 + 1 / 11 + 1 / 60) / 4)


def test_equal_scores_share_the_mean_rank() -> None:
    scores = np.array([5.0, 2.0, 2.0, 2.0, -np.inf])
    assert rank_of(scores, 0) == 1.0
    assert rank_of(scores, 1) == rank_of(scores, 3) == 3.0
    assert rank_of(scores, 4) == 5.0


def test_intervals_hold_the_mean_and_resample_dialogs() -> None:
    rng = np.random.default_rng(1)
    ranks = Ranks(rng.integers(1, 30, 400).astype(float), np.repeat(np.arange(100).astype(str), 4))
    low, high = ranks.intervals()["R@10"]
    assert low < ranks.means()["R@10"] < high
    one_dialog = Ranks(ranks.ranks, np.repeat("a", 400))
    assert one_dialog.intervals()["R@10"][0] == pytest.approx(one_dialog.intervals()["R@10"][1])


def test_a_paired_difference_is_found_and_equal_systems_do_not_differ() -> None:
    dialogs = np.arange(200).astype(str)
    worse = Ranks(np.full(200, 20.0), dialogs)
    better = Ranks(np.where(np.arange(200) % 3 == 0, 1.0, 20.0), dialogs)
    found = compare(better, worse)
    assert found.mean == pytest.approx(67 / 200)
    assert found.low > 0
    assert found.p < 0.01
    assert compare(worse, worse).p == 1.0


def test_other_cases_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same cases"):
        compare(Ranks(np.ones(2), np.array(["a", "b"])), Ranks(np.ones(2), np.array(["a", "c"])))
