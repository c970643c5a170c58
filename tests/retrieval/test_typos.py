"""Near keys: the same as comparing with every key."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from retrieval.typos import NearKeys

KEYS = st.lists(st.text("abcd é盗", min_size=1, max_size=12), min_size=1, max_size=30)


@given(KEYS, st.text("abcd é盗x", max_size=12), st.integers(1, 3))
def test_finds_what_a_comparison_with_all_finds(keys, typed, most):
    expected = {(key, OSA.distance(typed, key)) for key in keys if OSA.distance(typed, key) <= most}
    assert set(NearKeys(keys).near(typed, most)) == expected


def test_nearest_come_first():
    found = NearKeys(["lord of the rings", "lord of the wings", "lord of war"]).near("lord of the rigns", 3)
    assert found == [("lord of the rings", 1), ("lord of the wings", 2)]


def test_no_keys_are_near_nothing():
    assert NearKeys([]).near("matrix", 1) == []
