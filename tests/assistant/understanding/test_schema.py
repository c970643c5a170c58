from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding.schema import LISTS, Parse, parse_text

GOOD = '{"intent":"recommend","like":["Up","Moon"],"genres":["comedy"]}'


def test_a_good_answer() -> None:
    parse = parse_text(GOOD)
    assert parse is not None
    assert (parse.intent, parse.like, parse.genres, parse.people) == ("recommend", ["Up", "Moon"], ["comedy"], None)


def test_a_truncated_answer_keeps_its_complete_strings() -> None:
    parse = parse_text('{"intent":"like","like":["Up","Moon","The Mat')
    assert parse is not None
    assert (parse.intent, parse.like) == ("like", ["Up", "Moon"])


def test_values_of_the_wrong_kind_are_left_out() -> None:
    parse = parse_text('{"intent":"obey","like":[1,null,{"a":2},"Up"],"no":"horror","people":{}}')
    assert parse is not None
    assert (parse.intent, parse.like, parse.no, parse.people) == (None, ["Up"], None, None)


def test_hostile_answers_give_nothing_or_a_parse() -> None:
    for text in ("", "null", "[]", "{", "[" * 5000, '{"like":' * 800, '"\\ud800"', '{"like":["' + "x" * 9000, "\x00{}"):
        assert parse_text(text) is None or isinstance(parse_text(text), Parse)


@given(st.integers(0, len(GOOD)), st.text(max_size=20))
def test_cut_and_spoilt_json_never_raises(cut: int, noise: str) -> None:
    parse = parse_text(GOOD[:cut] + noise + GOOD[cut:])
    assert parse is None or isinstance(parse, Parse)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*LISTS, "intent", "system", "__class__"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=90),
            lambda inner: st.lists(inner, max_size=12),
            max_leaves=20,
        ),
    )
)
def test_any_json_object_never_raises(found: dict[str, object]) -> None:
    parse = parse_text(json.dumps(found))
    assert parse is None or all(len(getattr(parse, key) or []) <= 8 for key in LISTS)
