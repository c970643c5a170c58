from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.acts import DialogueAct, Intent
from assistant.memory import SCOPES, Feedback, Memory, MemoryProblem, NewTurn, NotFound, open_memory, privacy
from assistant.state import DialogueState

DAY = 86_400.0


def test_feedback_changes_the_conversation_at_once_and_counts_once(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    given = Feedback("f1", "like", "m1", talk.id, "t1")
    assert memory.learning.give("ann", given)
    assert not memory.learning.give("ann", given)
    assert memory.conversations.state("ann", talk.id)[0].likes == ("m1",)
    assert memory.conversations.get("ann", talk.id).turns == 1
    assert len(memory.learning.feedback("ann")) == 1


@pytest.mark.parametrize(
    ("kind", "rating", "field"),
    [
        ("dislike", None, "dislikes"),
        ("seen", None, "seen"),
        ("rating", 5.0, "likes"),
        ("rating", 1.0, "dislikes"),
        ("rating", 3.0, "seen"),
        ("why", None, None),
    ],
)
def test_each_kind_of_feedback_does_what_it_says(memory: Memory, kind: str, rating: float | None, field: str) -> None:
    talk = memory.conversations.start("ann")
    memory.learning.give("ann", Feedback("f1", kind, "m1", talk.id, rating=rating, why="too long\x00"))  # type: ignore[arg-type]
    state, _ = memory.conversations.state("ann", talk.id)
    assert {name for name in ("likes", "dislikes", "seen") if getattr(state, name)} == ({field} - {None})
    assert memory.learning.feedback("ann")[0].why == "too long"


def test_feedback_for_another_persons_conversation_is_refused_whole(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    with pytest.raises(NotFound):
        memory.learning.give("bob", Feedback("f1", "like", "m1", talk.id))
    assert memory.learning.feedback("bob") == ()
    assert memory.conversations.state("ann", talk.id)[0].likes == ()


def test_taste_is_kept_only_when_asked_for(memory: Memory) -> None:
    memory.learning.give("ann", Feedback("f1", "like", "m1"))
    assert memory.learning.taste("ann") == ()
    memory.learning.set_remember("ann", True)
    memory.learning.give("ann", Feedback("f2", "like", "m2"))
    memory.learning.give("ann", Feedback("f3", "seen", "m3"))
    talk = memory.conversations.start("ann")
    act = DialogueAct(Intent.DISLIKE, refers_to=("m4",))
    state, _ = memory.conversations.state("ann", talk.id)
    assert state.likes == ("m2",)
    memory.conversations.append("ann", talk.id, NewTurn("t1", "no m4", "", act, state.apply(act)), 0)
    assert {(line.kind, line.item_id) for line in memory.learning.taste("ann")} == {
        ("like", "m2"),
        ("seen", "m3"),
        ("dislike", "m4"),
    }
    fresh = memory.conversations.start("ann")
    assert memory.conversations.state("ann", fresh.id)[0] == DialogueState(
        likes=("m2",), dislikes=("m4",), seen=("m3",)
    )
    other = memory.conversations.start("bob")
    assert memory.conversations.state("bob", other.id)[0] == DialogueState()


def test_a_line_of_taste_that_was_deleted_stays_away(memory: Memory) -> None:
    memory.learning.set_remember("ann", True)
    talk = memory.conversations.start("ann")
    first = memory.conversations.click("ann", talk.id, "c1", DialogueAct(Intent.LIKE, refers_to=("m1",)))
    (line,) = memory.learning.taste("ann")
    with pytest.raises(NotFound):
        memory.learning.delete_taste("bob", line.id)
    memory.learning.delete_taste("ann", line.id)
    after = first.state.apply(DialogueAct(Intent.LIKE, refers_to=("m2",)))
    memory.conversations.append("ann", talk.id, NewTurn("t1", "and m2", "", None, after), 1)
    assert [line.item_id for line in memory.learning.taste("ann")] == ["m2"]
    memory.learning.set_remember("ann", False)
    assert memory.learning.taste("ann") == ()


def test_feedback_becomes_interactions_for_training(memory: Memory) -> None:
    memory.learning.give("ann", Feedback("f1", "like", "m1", created_at=100.0))
    memory.learning.give("ann", Feedback("f2", "dislike", "m1", created_at=200.0))
    memory.learning.give("ann", Feedback("f3", "rating", "m2", rating=3.5, created_at=300.0))
    memory.learning.give("bob", Feedback("f1", "seen", "m1"))
    frame = memory.learning.interactions()
    assert list(frame.columns) == ["user_id", "item_id", "rating", "timestamp"]
    assert frame[["item_id", "rating", "timestamp"]].values.tolist() == [["m1", 1.0, 200], ["m2", 3.5, 300]]
    assert frame["user_id"].nunique() == 1
    assert "ann" not in frame["user_id"][0]


def said(memory: Memory) -> dict[str, float]:
    frame = memory.learning.interactions()
    return dict(zip(frame["item_id"], frame["rating"], strict=True))


def test_likes_and_dislikes_of_a_conversation_are_interactions_until_undone(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    like = DialogueAct(Intent.LIKE, refers_to=("m1",))
    state = DialogueState().apply(like)
    memory.conversations.append("ann", talk.id, NewTurn("t1", "m1 was great", "", like, state), 0)
    memory.conversations.click("ann", talk.id, "c1", DialogueAct(Intent.DISLIKE, refers_to=("m2",)))
    memory.conversations.click("ann", talk.id, "c2", DialogueAct(Intent.SEEN, refers_to=("m3",)))
    assert said(memory) == {"m1": 5.0, "m2": 1.0}
    memory.conversations.click("ann", talk.id, "c3", DialogueAct(Intent.LIKE, refers_to=("m2",)))
    assert said(memory) == {"m1": 5.0, "m2": 5.0}
    memory.conversations.click("ann", talk.id, "c4", DialogueAct(Intent.UNDO))
    assert said(memory) == {"m1": 5.0, "m2": 1.0}
    memory.conversations.rewind("ann", talk.id, 1)
    assert said(memory) == {"m1": 5.0}
    memory.conversations.delete("ann", talk.id)
    assert said(memory) == {}


def test_a_training_run_knows_the_people_in_it_and_nobody_else(memory: Memory) -> None:
    everything_about(memory, "ann", "annmarker")
    memory.conversations.start("silent")
    run_id, frame = memory.learning.begin_training()
    assert len(frame) == 1
    memory.learning.end_training(run_id)
    assert not memory.privacy.forget("silent").retrain
    assert not memory.learning.must_retrain()
    assert memory.privacy.forget("ann").retrain


def test_who_is_forgotten_during_a_training_is_trained_out_afterwards(memory: Memory) -> None:
    everything_about(memory, "ann", "annmarker")
    run_id, _ = memory.learning.begin_training()
    assert memory.privacy.forget("ann").retrain
    memory.learning.end_training(run_id)
    assert memory.learning.must_retrain()


def test_a_training_that_breaks_off_leaves_the_earlier_run_to_be_forgotten_from(memory: Memory) -> None:
    everything_about(memory, "ann", "annmarker")
    memory.learning.end_training(memory.learning.begin_training()[0])
    memory.learning.begin_training()
    assert memory.privacy.forget("ann").retrain
    assert memory.learning.must_retrain()


def test_no_feedback_is_an_empty_table_with_the_right_types(memory: Memory) -> None:
    frame = memory.learning.interactions()
    assert len(frame) == 0
    assert frame.dtypes["rating"] == "float64"


def everything_about(memory: Memory, user: str, marker: str) -> None:
    memory.learning.set_remember(user, True)
    talk = memory.conversations.start(user, title=marker)
    act = DialogueAct(Intent.LIKE, refers_to=(marker,), text=marker)
    turn = NewTurn("t1", marker, marker, act, DialogueState().apply(act), ({"title": marker},), {"note": marker})
    memory.conversations.append(user, talk.id, turn, 0)
    memory.learning.give(user, Feedback("f1", "like", marker, talk.id, "t1", why=marker))


def test_export_holds_everything_and_nothing_of_others(memory: Memory) -> None:
    everything_about(memory, "ann", "annmarker")
    everything_about(memory, "bob", "bobmarker")
    exported = json.loads(json.dumps(memory.privacy.export("ann")))
    assert exported["remember"] is True
    assert [turn["utterance"] for turn in exported["turns"]] == ["annmarker", ""]
    assert exported["turns"][0]["state"]["likes"] == ["annmarker"]
    assert exported["feedback"][0]["why"] == "annmarker"
    assert exported["taste"][0]["item_id"] == "annmarker"
    assert "bobmarker" not in json.dumps(exported)
    assert memory.privacy.export("nobody")["turns"] == []


def test_forgetting_removes_everything_and_proves_it(memory: Memory) -> None:
    everything_about(memory, "ann", "annmarker")
    everything_about(memory, "bob", "bobmarker")
    memory.learning.end_training(memory.learning.begin_training()[0])
    assert not memory.learning.must_retrain()
    forgotten = memory.privacy.forget("ann")
    assert forgotten.complete
    assert forgotten.retrain
    assert dict(forgotten.removed) == {
        "training_users": 1, "taste": 1, "feedback": 1, "turns": 2, "conversations": 1, "users": 1,
    }  # fmt: skip
    assert "annmarker" not in json.dumps(memory.privacy.export("ann"))
    assert memory.privacy.export("bob")["turns"][0]["utterance"] == "bobmarker"
    assert memory.learning.must_retrain()
    memory.learning.end_training(memory.learning.begin_training()[0])
    assert not memory.learning.must_retrain()
    assert not memory.privacy.forget("ann").retrain


def test_what_is_forgotten_is_gone_from_the_files_too(tmp_path: Path) -> None:
    with open_memory(f"sqlite:///{tmp_path / 'c.db'}") as memory:
        everything_about(memory, "ann", "annmarker" * 500)

        def found() -> bool:
            return any(b"annmarker" in path.read_bytes() for path in tmp_path.iterdir())

        assert found()
        memory.privacy.forget("ann")
        assert not found()


def test_old_conversations_are_pruned_and_a_clock_that_jumps_does_not_prune(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0

    def at(seconds: float) -> Callable[[], float]:
        return lambda: seconds

    monkeypatch.setattr("assistant.memory.conversations.time.time", at(now - 40 * DAY))
    everything_about(memory, "ann", "old")
    monkeypatch.setattr("assistant.memory.conversations.time.time", at(now))
    memory.conversations.start("ann", "new")
    monkeypatch.setattr(privacy.time, "time", at(now + 3650 * DAY))
    assert memory.privacy.prune(60) == 0
    monkeypatch.setattr(privacy.time, "time", at(now))
    assert memory.privacy.prune(30) == 2
    assert [talk.id for talk in memory.conversations.list("ann")] == ["new"]


def test_keys_are_found_by_their_secret_and_stored_without_it(memory: Memory, database_url: str) -> None:
    key, secret = memory.keys.create("ann", "laptop", ["chat", "catalog"])
    assert memory.keys.find(secret) == key
    assert memory.keys.find(secret + "x") is None
    assert memory.keys.find("\ud800") is None
    assert secret not in repr(memory.keys.list())
    assert key.speaks_for("ann")
    assert key.speaks_for("ann:phone")
    assert not key.speaks_for("anna")
    memory.keys.revoke(key.id)
    assert memory.keys.find(secret) is None
    with pytest.raises(NotFound):
        memory.keys.revoke(key.id)
    with pytest.raises(MemoryProblem, match="owner"):
        memory.keys.create("ann:bob")
    with pytest.raises(MemoryProblem, match="scope"):
        memory.keys.create("ann", scopes=["root"])  # type: ignore[list-item]
    assert set(memory.keys.create("ann")[0].scopes) == set(SCOPES)
