from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.acts import DialogueAct, Intent, Slot
from assistant.state import DialogueState
from tests.tiny import tiny_catalog

CATALOG = tiny_catalog()
IDS = CATALOG.ids
GENRES = ("action", "comedy", "drama", "horror", "romance", "science fiction")
PEOPLE = ("Tom Hanks", "Christopher Nolan", "Brad Pitt")


def act(intent: Intent, *slots: Slot, refers_to: tuple[str, ...] = ()) -> DialogueAct:
    return DialogueAct(intent, slots, refers_to)


def slot_strategy() -> st.SearchStrategy[Slot]:
    titles = st.builds(
        lambda item_id, operator: Slot("title", operator, item_id, item_id=item_id),
        st.sampled_from(IDS),
        st.sampled_from(("=", "not", "seen", "except", "forget")),
    )
    genres = st.builds(
        lambda v, o: Slot("genre", o, v), st.sampled_from(GENRES), st.sampled_from(("=", "not", "forget"))
    )
    people = st.builds(
        lambda v, o: Slot("person", o, v), st.sampled_from(PEOPLE), st.sampled_from(("=", "not", "prefer", "forget"))
    )
    numbers = st.builds(
        lambda name, o, v: Slot(name, o, str(v)),
        st.sampled_from(("year", "runtime", "count")),
        st.sampled_from(("=", ">=", "<=", "forget")),
        st.integers(1, 2030),
    )
    wishes = st.builds(
        lambda v, o: Slot("wish", o, v), st.sampled_from(("space", "love", "")), st.sampled_from(("=", "not", "forget"))
    )
    odd = st.builds(
        lambda n, v: Slot(n, "relative", v),
        st.sampled_from(("rating", "language", "country", "popularity")),
        st.text(max_size=5),
    )
    return titles | genres | people | numbers | wishes | odd


acts = st.builds(
    lambda intent, slots, ids: DialogueAct(intent, tuple(slots), tuple(ids)),
    st.sampled_from(list(Intent)),
    st.lists(slot_strategy(), max_size=4),
    st.lists(st.sampled_from(IDS), max_size=3),
)


@given(st.lists(acts, max_size=6), acts)
def test_apply_is_pure(earlier: list[DialogueAct], last: DialogueAct) -> None:
    state = DialogueState()
    for one in earlier:
        state = state.apply(one)
    copy = replace(state)
    first, second = state.apply(last), state.apply(last)
    assert first == second
    assert state == copy


@given(st.lists(acts.filter(lambda one: one.intent is not Intent.UNDO), min_size=1, max_size=6))
def test_undo_is_exact(said: list[DialogueAct]) -> None:
    states = [DialogueState()]
    for one in said:
        states.append(states[-1].apply(one).showed(IDS[:2]))
    state = states[-1]
    for earlier in reversed(states[:-1]):
        state = state.apply(act(Intent.UNDO))
        assert state == earlier
    assert state.apply(act(Intent.UNDO)) == DialogueState()


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=10))
def test_no_sequence_of_acts_lets_a_filtered_item_through(said: list[DialogueAct]) -> None:
    state = DialogueState()
    for one in said:
        state = state.apply(one)
        query = state.query()
        mask = CATALOG.allowed(query.constraints, query.exclude)
        limits = state.limits
        for row in mask.nonzero()[0]:
            item = CATALOG.item(int(row))
            assert item.id not in {*state.shown, *state.seen, *state.rejected, *state.likes, *state.dislikes}
            assert not limits.not_genres & set(item.genres)
            assert not limits.not_people & {credit.name for credit in item.people}
            assert limits.year_from is None or (item.year or 0) >= limits.year_from
            assert limits.year_to is None or (item.year or 9999) <= limits.year_to
            assert not limits.genres_any or limits.genres_any & set(item.genres)
        state = state.showed([CATALOG.ids[int(row)] for row in mask.nonzero()[0][:2]])


@given(st.lists(acts, max_size=8))
def test_bounds_never_contradict_and_refusals_are_not_wanted(said: list[DialogueAct]) -> None:
    state = DialogueState()
    for one in said:
        state = state.apply(one)
        limits = state.limits
        assert limits.year_from is None or limits.year_to is None or limits.year_from <= limits.year_to
        assert not set(state.genres) & limits.not_genres
        assert not set(state.likes) & set(state.dislikes)
        assert 1 <= state.count <= 20


def test_a_like_and_a_dislike_of_one_title_replace_each_other() -> None:
    state = DialogueState().apply(act(Intent.LIKE, Slot("title", "=", "Up", item_id="up")))
    assert state.likes == ("up",)
    state = state.apply(act(Intent.DISLIKE, Slot("title", "not", "Up", item_id="up")))
    assert (state.likes, state.dislikes) == ((), ("up",))


def test_what_the_intent_does_to_items_pointed_at() -> None:
    for intent, name in (
        (Intent.LIKE, "likes"),
        (Intent.DISLIKE, "dislikes"),
        (Intent.SEEN, "seen"),
        (Intent.REJECT, "rejected"),
    ):
        assert getattr(DialogueState().apply(act(intent, refers_to=("up",))), name) == ("up",)
    state = DialogueState().showed(["up"])
    assert state.apply(act(Intent.ASK_ITEM, refers_to=("up",))) == state


def test_a_title_slot_says_more_than_the_intent() -> None:
    state = DialogueState().apply(
        act(Intent.LIKE, Slot("title", "except", "Up", item_id="up"), refers_to=("up", "moon"))
    )
    assert (state.likes, state.rejected) == (("moon",), ("up",))


def test_the_later_bound_wins_over_one_that_contradicts_it() -> None:
    state = DialogueState().apply(act(Intent.REFINE, Slot("year", "<=", "1999")))
    state = state.apply(act(Intent.REFINE, Slot("year", ">=", "2010")))
    assert (state.limits.year_from, state.limits.year_to) == (2010, None)


def test_start_over_drops_wishes_and_repeats_nothing() -> None:
    state = DialogueState().apply(act(Intent.LIKE, Slot("genre", "not", "horror"))).showed(["up"])
    fresh = state.apply(act(Intent.START_OVER))
    assert fresh.limits == DialogueState().limits
    assert "up" in fresh.query().exclude
    assert fresh.apply(act(Intent.UNDO)) == state


def test_a_shown_title_comes_back_only_when_asked_for() -> None:
    state = DialogueState().showed(["up", "moon"])
    assert {"up", "moon"} <= state.query().exclude
    state = state.apply(act(Intent.RECOMMEND, Slot("title", "again", "Up", item_id="up")))
    assert "up" not in state.query().exclude
    assert "moon" in state.query().exclude


def test_a_title_in_doubt_waits_and_keeps_what_was_said_of_it() -> None:
    said = DialogueAct(Intent.DISLIKE, (Slot("title", "not", "Halloween"),), doubtful=(("Halloween", ("h78", "h07")),))
    state = DialogueState().apply(said)
    assert state.unknown_dislikes == ()
    assert state.pending is not None
    assert (state.pending.operator, state.pending.options) == ("not", ("h78", "h07"))
    assert state.apply(act(Intent.CHAT)).pending == state.pending
    assert state.apply(act(Intent.REFINE)).pending is None


def test_what_is_merely_liked_about_people_is_no_filter() -> None:
    state = DialogueState().apply(act(Intent.LIKE, Slot("person", "prefer", "Tom Hanks")))
    assert (state.people, state.limits.people_any) == (("Tom Hanks",), frozenset())
    state = state.apply(act(Intent.REFINE, Slot("person", "=", "Tom Hanks")))
    assert state.limits.people_any == {"Tom Hanks"}


def test_something_like_it_stays_asked_for_until_a_new_beginning() -> None:
    title = Slot("title", "=", IDS[0], item_id=IDS[0])
    liking = DialogueState().apply(act(Intent.LIKE, title)).showed(IDS[1:3])
    assert liking.query().alike == ()
    like_it = liking.apply(act(Intent.MORE_LIKE, refers_to=(IDS[1],)))
    assert like_it.query().alike == IDS[1:2]
    assert like_it.apply(act(Intent.REFINE)).query().alike == IDS[1:2]
    assert like_it.apply(act(Intent.DISLIKE, refers_to=(IDS[1],))).query().alike == ()
    assert not like_it.apply(act(Intent.START_OVER)).query().alike
