"""The bookkeeping of one tab."""

from copy import deepcopy
from dataclasses import replace

from assistant.state import DialogueState
from ui.session import Session


def told(session, *messages):
    for message in messages:
        turn = session.begin(message, typed=True)
        after = replace(session.state, wishes=(*session.state.wishes, message))
        session.put(replace(turn, after=after, stage="done"))


def test_undo_gives_back_the_turns_and_the_state_before():
    session = Session()
    told(session, "one", "two")
    assert session.undo()
    assert [turn.said for turn in session.turns] == ["one"]
    assert session.state.wishes == ("one",)
    assert session.undo()
    assert session.state == DialogueState()
    assert not session.undo()


def test_rewinding_to_a_turn_is_itself_undoable():
    session = Session()
    told(session, "one", "two", "three")
    turn = session.rewind("t2")
    assert turn is not None
    assert turn.said == "two"
    assert session.state.wishes == ("one",)
    session.undo()
    assert [turn.said for turn in session.turns] == ["one", "two", "three"]


def test_rewinding_to_an_unknown_turn_changes_nothing():
    session = Session()
    told(session, "one")
    assert session.rewind("t9") is None
    assert len(session.turns) == 1


def test_a_turn_that_is_interrupted_keeps_what_was_understood():
    session = Session()
    turn = session.begin("one", typed=True)
    session.put(replace(turn, after=replace(session.state, wishes=("kept",)), stage="ranking"))
    session.begin("two", typed=True)
    assert session.turns[0].stage == "stopped"
    assert session.turns[1].before.wishes == ("kept",)


def test_gradio_copies_begin_anew():
    session = Session()
    told(session, "mine")
    other = deepcopy(session)
    assert other.turns == ()
    assert other.id != session.id


def test_a_resumed_conversation_numbers_its_new_turns_after_the_old_ones():
    session, again = Session(), Session()
    told(session, "one", "two")
    again.resume(session.saved())
    told(again, "three")
    assert len({turn.id for turn in again.turns}) == 3
