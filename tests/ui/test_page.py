"""The page's handlers without a browser: whatever a client sends, the page answers with a view."""

import contextvars
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.acts import Intent
from assistant.engines import on_behalf_of
from assistant.events import Done, Problem
from tests.ui.fakes import FakeAssistant
from ui.clicks import Clicks
from ui.history import MemoryHistory
from ui.page import Page
from ui.session import Session


class Event:
    def __init__(self, data):
        self._data = data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*Clicks(None)._handlers, "", "nonsense"])  # type: ignore[arg-type]
FIELDS = ("id", "place", "label", "text", "kind", "name", "value", "turn", "ids", "on")


@pytest.fixture(scope="module")
def page():
    return Page(FakeAssistant(), MemoryHistory())


def opened(page):
    session = Session()
    page.hello(session, Event({"person": "p" * 36}))
    list(page.converse(session, Event({"text": "films about time"})))
    return session


@settings(max_examples=80, deadline=None)
@given(name=NAMES, data=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_any_click_is_answered_with_a_view(page, name, data):
    session = opened(page)
    shown = page.click(session, Event({"do": name, **data}))
    json.dumps(shown)
    assert "internal" not in str(shown["live"]["parts"]["problems"] if shown["live"] else "")


@settings(max_examples=60, deadline=None)
@given(data=JSON)
def test_any_greeting_is_answered_with_a_view(page, data):
    session = Session()
    json.dumps(page.hello(session, Event(data)))
    assert len(session.person) >= 16


def test_a_click_on_an_item_that_does_not_exist_changes_nothing(page):
    session = opened(page)
    before = session.state
    page.click(session, Event({"do": "like", "id": "nonesuch"}))
    assert session.state == before


def test_show_others_does_not_repeat_what_is_on_the_screen(page):
    session = opened(page)
    shown = set(session.state.last_shown)
    place = next(n for n, critique in enumerate(session.live.critiques) if critique.name == "more")
    page.click(session, Event({"do": "critique", "place": place}))
    assert len(session.turns) == 2
    assert not shown & set(session.state.last_shown)


def test_a_newer_run_ends_an_older_stream(page):
    session = Session()
    page.hello(session, Event({"person": "p" * 36}))
    stream = page.converse(session, Event({"text": "slow"}))
    next(stream)
    next(stream)
    page.click(session, Event({"do": "stop"}))
    assert list(stream) == []
    assert session.live.stage == "stopped"


def test_every_step_of_a_message_is_asked_for_in_the_name_of_the_person():
    named = []

    class Noting(FakeAssistant):
        def reply(self, state, utterance):
            for event in super().reply(state, utterance):
                named.append(on_behalf_of.get())
                yield event

    page = Page(Noting(), MemoryHistory())
    session = Session()
    page.hello(session, Event({"person": "p" * 36}))
    views = page.converse(session, Event({"text": "films about time"}))
    # Gradio asks for each view in a context of its own.
    while contextvars.Context().run(next, views, None) is not None:
        pass
    assert named
    assert set(named) == {"p" * 36}


def test_what_was_said_of_the_engine_is_not_said_in_full_again():
    assistant = FakeAssistant()
    page = Page(assistant, MemoryHistory())
    session = Session()
    page.hello(session, Event({"person": "p" * 36}))
    said = []
    for _ in range(2):
        away = Problem("no-engine", "The language model is not available just now.")
        assistant.script.append([away, Done(session.state, "")])
        said.append(list(page.converse(session, Event({"text": "films"})))[-1]["live"]["parts"]["problems"])
    assert "not available just now" in said[0]
    assert "Still without the language model" in said[1]


def test_a_screen_reader_hears_the_cards_and_then_the_words():
    page = Page(FakeAssistant(replies=["Start with Inception."]), MemoryHistory())
    session = Session()
    page.hello(session, Event({"person": "p" * 36}))
    views = list(page.converse(session, Event({"text": "films about time"})))
    heard = [view["announce"] for view in views if view["announce"]]
    assert heard[0].startswith("5 suggestions: Inception, Source Code")
    assert heard[1].strip() == "Start with Inception."


def test_undo_after_a_slider_gives_back_the_old_value(page):
    session = opened(page)
    page.click(session, Event({"do": "tune", "name": "novelty", "value": 0.9}))
    assert session.state.novelty == 0.9
    page.click(session, Event({"do": "undo"}))
    assert session.state.novelty == 0.0


def test_clicks_carry_the_language_of_the_conversation():
    assistant = FakeAssistant()
    page = Page(assistant, MemoryHistory())
    session = Session()
    page.hello(session, Event({"person": "p" * 36, "language": "zh"}))
    list(page.converse(session, Event({"text": "films"})))
    session.put(session.live)
    page.click(session, Event({"do": "reject", "id": "m0"}))
    assert assistant.acts[-1].intent is Intent.REJECT
    assert assistant.acts[-1].language == session.state.language
