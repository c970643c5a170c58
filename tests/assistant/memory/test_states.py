from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.acts import DialogueAct, Intent, Slot
from assistant.memory import MemoryProblem, dump_state, load_state
from assistant.memory.states import UNDO_DEPTH, bounded, dump_act, load_act
from assistant.state import DialogueState, Pending
from retrieval.types import Constraints

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ids = st.lists(words, max_size=4).map(tuple)
years = st.none() | st.integers(1900, 2100)
states = st.builds(
    DialogueState,
    likes=ids,
    dislikes=ids,
    genres=ids,
    wishes=ids,
    shown=ids,
    seen=ids,
    limits=st.builds(Constraints, year_from=years, runtime_to=years, not_genres=st.frozensets(words, max_size=3)),
    pending=st.none() | st.builds(Pending, words, ids),
    popularity_bias=st.sampled_from([-1.0, 0.0, 1.0]),
    count=st.integers(1, 20),
    language=st.sampled_from(["en", "zh"]),
)


@given(states, states)
def test_a_state_and_the_one_before_come_back_as_they_were(state: DialogueState, other: DialogueState) -> None:
    after = other.apply(DialogueAct(Intent.LIKE, refers_to=("m1",)))
    for stored in (state, after):
        loaded = load_state(dump_state(stored))
        assert loaded == stored
        assert loaded.previous == stored.previous


def test_only_so_many_states_are_kept_behind_one() -> None:
    state = DialogueState()
    for number in range(UNDO_DEPTH * 3):
        state = state.apply(DialogueAct(Intent.LIKE, refers_to=(f"m{number}",)))
    loaded = load_state(dump_state(state))
    assert loaded == state
    depth = 0
    link = loaded
    while link.previous is not None:
        link, depth = link.previous, depth + 1
    assert depth == UNDO_DEPTH
    assert bounded(loaded) is loaded


def test_undo_after_loading_gives_the_state_before() -> None:
    first = DialogueState().apply(DialogueAct(Intent.LIKE, refers_to=("a",)))
    second = first.apply(DialogueAct(Intent.DISLIKE, refers_to=("b",)))
    assert load_state(dump_state(second)).apply(DialogueAct(Intent.UNDO)) == first


def test_acts_come_back_as_they_were() -> None:
    act = DialogueAct(
        Intent.REFINE, (Slot("year", ">=", "2000", "after 2000"),), ("m1",), (("x", ("a", "b")),), "zh", "x"
    )
    assert load_act(dump_act(act)) == act
    assert load_act(dump_act(None)) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"likes": 3}', '{"limits": {"year_from": "x"}}'])
def test_what_is_no_state_is_refused_clearly(text: str) -> None:
    with pytest.raises(MemoryProblem, match="cannot be read"):
        load_state(text)
