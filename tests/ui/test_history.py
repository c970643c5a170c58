"""Every history keeps conversations the same way, in memory and in the database."""

from dataclasses import replace

import pytest

from assistant.memory import open_memory
from assistant.state import DialogueState
from tests.ui.fakes import FakeAssistant
from ui.history import MemoryHistory
from ui.page import Page
from ui.session import Session
from ui.stored import StoredHistory


class Event:
    def __init__(self, **data):
        self._data = data


@pytest.fixture(params=["memory", "database"])
def history(request, tmp_path):
    if request.param == "memory":
        yield MemoryHistory()
        return
    with open_memory(f"sqlite:///{tmp_path / 'memory.db'}") as memory:
        yield StoredHistory(memory)


@pytest.fixture
def page(history):
    return Page(FakeAssistant(), history)


def visitor(page, person="p" * 36, **hello):
    session = Session()
    page.hello(session, Event(person=person, **hello))
    return session


def say(page, session, text):
    return list(page.converse(session, Event(text=text)))[-1]


def test_what_was_said_comes_back_card_by_card(page):
    session = visitor(page)
    say(page, session, "films about time")
    page.click(session, Event(do="like", id="m2"))
    say(page, session, "older ones")
    again = visitor(page, conversation=session.id)
    assert [turn.said for turn in again.turns] == ["films about time", "older ones"]
    for old, new in zip(session.turns, again.turns, strict=True):
        assert new.ranking == old.ranking
        assert new.reasons == old.reasons
        assert new.notes == old.notes
        assert new.before == old.before
        assert new.after == old.after
    assert again.state == session.state
    assert again.state.likes == ("m2",)


def test_edits_and_undo_leave_no_trace(page):
    session = visitor(page)
    for text in ("one", "two", "three"):
        say(page, session, text)
    page.click(session, Event(do="edit", turn="t2"))
    say(page, session, "two again")
    assert [turn.said for turn in visitor(page, conversation=session.id).turns] == ["one", "two again"]
    page.click(session, Event(do="undo"))
    page.click(session, Event(do="undo"))
    assert [turn.said for turn in visitor(page, conversation=session.id).turns] == ["one", "two", "three"]
    say(page, session, "four")
    assert [turn.said for turn in visitor(page, conversation=session.id).turns] == ["one", "two", "three", "four"]


def test_nobody_sees_the_conversations_of_others(page, history):
    session = visitor(page, "a" * 36)
    say(page, session, "my secret")
    other = visitor(page, "b" * 36, conversation=session.id)
    assert other.turns == ()
    assert history.summaries("b" * 36) == ()
    assert history.load("b" * 36, session.id) is None
    assert "my secret" not in str(history.export("b" * 36))


def test_two_tabs_that_go_on_with_one_conversation_end_up_with_two(page, history):
    one = visitor(page)
    say(page, one, "films about time")
    other = visitor(page, conversation=one.id)
    say(page, one, "older ones")
    say(page, other, "newer ones")
    say(page, one, "funnier ones")
    assert one.id != other.id
    kept = {line.id: [turn.said for turn in history.load(one.person, line.id).turns] for line in one.kept}
    assert kept == {
        one.id: ["films about time", "older ones", "funnier ones"],
        other.id: ["films about time", "newer ones"],
    }


def test_forgetting_leaves_nothing(page, history):
    session = visitor(page)
    say(page, session, "my secret")
    assert "my secret" in str(history.export(session.person))
    person = session.person
    assert history.forget(person) == 1
    assert history.summaries(person) == ()
    assert "my secret" not in str(history.export(person))


def test_the_newest_conversation_is_first(page, history):
    session = visitor(page)
    say(page, session, "first")
    page.click(session, Event(do="new"))
    say(page, session, "second")
    assert [line.title for line in history.summaries(session.person)] == ["second", "first"]


def test_with_memory_off_nothing_is_kept(page, history):
    session = visitor(page, memory=False)
    say(page, session, "my secret")
    page.click(session, Event(do="like", id="m2"))
    assert history.summaries(session.person) == ()


def test_a_conversation_goes_on_in_another_process(tmp_path):
    address = f"sqlite:///{tmp_path / 'memory.db'}"
    with open_memory(address) as memory:
        page = Page(FakeAssistant(), StoredHistory(memory))
        session = visitor(page)
        say(page, session, "one")
    with open_memory(address) as memory:
        page = Page(FakeAssistant(), StoredHistory(memory))
        again = visitor(page, conversation=session.id)
        say(page, again, "two")
        page.click(again, Event(do="like", id="m7"))
    with open_memory(address) as memory:
        kept = StoredHistory(memory).load(session.person, session.id)
    assert [turn.said for turn in kept.turns] == ["one", "two"]
    assert kept.state.likes == ("m7",)
    assert replace(kept.turns[0].before, language="en") == DialogueState()


def test_a_conversation_of_which_all_was_undone_leaves_nothing_behind(page, history):
    session = visitor(page)
    say(page, session, "first")
    assert [line.title for line in history.summaries(session.person)] == ["first"]
    page.click(session, Event(do="undo"))
    assert history.summaries(session.person) == ()
    say(page, session, "second")
    assert len(history.summaries(session.person)) == 1


def test_a_new_conversation_begins_with_the_taste_that_was_kept(tmp_path):
    with open_memory(f"sqlite:///{tmp_path / 'memory.db'}") as memory:
        page = Page(FakeAssistant(), StoredHistory(memory))
        session = visitor(page)
        assert session.taste is not None
        assert not session.taste.on
        page.click(session, Event(do="keep-taste", on=True))
        say(page, session, "films about time")
        page.click(session, Event(do="like", id="m2"))
        page.click(session, Event(do="seen", id="m3"))
        assert {(kind, item) for _, kind, item in session.taste.lines} == {("like", "m2"), ("seen", "m3")}

        page.click(session, Event(do="new"))
        assert (session.state.likes, session.state.seen, session.turns) == (("m2",), ("m3",), ())
        assert visitor(page).state.likes == ("m2",)

        line = next(line for line, kind, _ in session.taste.lines if kind == "like")
        page.click(session, Event(do="drop-taste", id=line))
        page.click(session, Event(do="drop-taste", id="no such line"))
        page.click(session, Event(do="new"))
        assert (session.state.likes, session.state.seen) == ((), ("m3",))

        page.click(session, Event(do="keep-taste", on=False))
        page.click(session, Event(do="new"))
        assert session.state.seen == ()


def test_without_a_database_long_term_taste_is_not_offered(page):
    session = visitor(page)
    offered = "keep-taste" in page.shown(session)["regions"]["settings"]
    assert offered == isinstance(page.history, StoredHistory)
