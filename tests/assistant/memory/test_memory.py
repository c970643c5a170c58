from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text

from assistant.acts import DialogueAct, Intent
from assistant.memory import Conflict, Memory, MemoryFull, MemoryProblem, NewTurn, NotFound, open_memory
from assistant.memory.database import Database
from assistant.memory.tables import metadata
from assistant.state import DialogueState


def like(*ids: str) -> DialogueAct:
    return DialogueAct(Intent.LIKE, refers_to=ids)


def turn(id_: str, before: DialogueState, *likes: str) -> NewTurn:
    act = like(*likes)
    cards = ({"rank": 1, "id": "m9", "title": "Nine"},)
    details = {"prompts": {"understand": 1}, "usage": {"calls": 2}, "timings_ms": {"total": 3.5}}
    return NewTurn(id_, f"I liked {likes}", "Here.", act, before.apply(act), cards, details, prefix=f"hash-{id_}")


def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    try:
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    finally:
        database.close()


def test_many_workers_may_open_a_new_database_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_memory(database_url), range(8)))
    for memory in opened:
        memory.check()
        memory.close()


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    database = Database(database_url)
    database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close()
    with pytest.raises(MemoryProblem, match="newer version"):
        open_memory(database_url)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "oracle+none://x"])
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(MemoryProblem, match="DATABASE_URL"):
        open_memory(url)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(MemoryProblem, match="does not answer"):
        open_memory("postgresql://nobody@127.0.0.1:1/none")


def test_turns_come_back_as_they_were_stored(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    state, number = memory.conversations.state("ann", talk.id)
    assert (state, number) == (DialogueState(), 0)
    stored = memory.conversations.append("ann", talk.id, turn("t1", state, "a", "b"), 0)
    (read,) = memory.conversations.turns("ann", talk.id)
    assert read == stored
    assert read.state.likes == ("a", "b")
    assert read.details["usage"] == {"calls": 2}
    assert memory.conversations.state("ann", talk.id) == (stored.state, 1)
    assert memory.conversations.get("ann", talk.id).title == "I liked ('a', 'b')"
    assert memory.conversations.with_prefix("ann", "hash-t1") == (talk.id, 1)
    assert memory.conversations.with_prefix("bob", "hash-t1") is None


def test_a_turn_sent_twice_is_stored_once(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    first = memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "a"), 0)
    again = memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "b"), 0)
    assert again == first
    assert len(memory.conversations.turns("ann", talk.id)) == 1


def test_nobody_reaches_another_persons_conversation(memory: Memory) -> None:
    talk = memory.conversations.start("ann", "same-id")
    memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "a"), 0)
    other = memory.conversations.start("bob", "same-id")
    assert other.turns == 0
    assert memory.conversations.turns("bob", "same-id") == ()
    memory.conversations.delete("bob", "same-id")
    for reach in (
        lambda: memory.conversations.get("bob", "same-id"),
        lambda: memory.conversations.turns("bob", "same-id"),
        lambda: memory.conversations.state("bob", "same-id"),
        lambda: memory.conversations.rename("bob", "same-id", "x"),
        lambda: memory.conversations.rewind("bob", "same-id", 0),
        lambda: memory.conversations.delete("bob", "same-id"),
        lambda: memory.conversations.append("bob", "same-id", turn("t2", DialogueState(), "a"), 0),
        lambda: memory.conversations.click("bob", "same-id", "c1", like("x")),
    ):
        with pytest.raises(NotFound):
            reach()
    assert memory.conversations.get("ann", "same-id").turns == 1


def test_a_click_during_a_turn_is_kept_and_a_second_message_is_a_conflict(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    memory.conversations.click("ann", talk.id, "c1", like("x"))
    stored = memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "a"), 0)
    assert stored.number == 2
    assert stored.state.likes == ("a", "x")
    with pytest.raises(Conflict, match="send this one again"):
        memory.conversations.append("ann", talk.id, turn("t2", DialogueState(), "b"), 0)
    assert memory.conversations.state("ann", talk.id)[0].likes == ("a", "x")


def test_of_many_messages_at_once_one_wins_and_the_others_are_told(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    start = threading.Barrier(8)

    def send(number: int) -> bool:
        start.wait()
        try:
            memory.conversations.append("ann", talk.id, turn(f"t{number}", DialogueState(), f"m{number}"), 0)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 1
    assert memory.conversations.get("ann", talk.id).turns == 1


def test_rewinding_gives_the_state_after_an_earlier_turn(memory: Memory) -> None:
    talk = memory.conversations.start("ann")
    state = DialogueState()
    states = [state]
    for number in range(4):
        state = memory.conversations.append("ann", talk.id, turn(f"t{number}", state, f"m{number}"), number).state
        states.append(state)
    copy = memory.conversations.fork("ann", talk.id, 3)
    assert memory.conversations.rewind("ann", talk.id, 2) == states[2]
    assert [one.number for one in memory.conversations.turns("ann", talk.id)] == [1, 2]
    assert memory.conversations.state("ann", talk.id) == (states[2], 2)
    assert memory.conversations.rewind("ann", talk.id, 0) == DialogueState()
    assert memory.conversations.state("ann", copy.id) == (states[3], 3)


def test_conversations_are_listed_renamed_and_deleted(memory: Memory) -> None:
    first, second = memory.conversations.start("ann", title="One"), memory.conversations.start("ann", title="Two")
    memory.conversations.start("bob")
    assert {talk.id for talk in memory.conversations.list("ann")} == {first.id, second.id}
    memory.conversations.rename("ann", first.id, "Uno\x00'; DROP TABLE turns; --")
    assert memory.conversations.get("ann", first.id).title == "Uno'; DROP TABLE turns; --"
    memory.conversations.delete("ann", second.id)
    assert [talk.id for talk in memory.conversations.list("ann")] == [first.id]


def test_what_was_stored_is_there_after_closing(database_url: str) -> None:
    with open_memory(database_url) as memory:
        talk = memory.conversations.start("ann")
        memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "a"), 0)
    with open_memory(database_url) as memory:
        assert memory.conversations.state("ann", talk.id)[0].likes == ("a",)


@pytest.mark.postgres
def test_a_connection_that_the_server_drops_is_replaced(postgres_url: str) -> None:
    with open_memory(postgres_url) as memory:
        talk = memory.conversations.start("dropped")
        killer = Database(postgres_url)
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        for number in range(5):
            killer.read(lambda connection: connection.execute(others).all())
            state, last = memory.conversations.state("dropped", talk.id)
            memory.conversations.append("dropped", talk.id, turn(f"t{number}", state, f"m{number}"), last)
        killer.close()
        assert memory.conversations.get("dropped", talk.id).turns == 5


def test_a_full_disk_is_named_and_what_was_stored_stays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'small.db'}"
    database = Database(url)
    memory = Memory(database)
    talk = memory.conversations.start("ann")
    memory.conversations.append("ann", talk.id, turn("t1", DialogueState(), "a"), 0)

    def limit(connection: object, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    event.listen(database.engine, "checkout", limit)
    big = NewTurn("t2", "x" * 200_000, "", None, DialogueState())
    with pytest.raises(MemoryFull, match="Free some space"):
        memory.conversations.append("ann", talk.id, big, 1)
    assert memory.conversations.state("ann", talk.id)[0].likes == ("a",)
    memory.close()


@pytest.mark.parametrize("jump", [-365 * 86_400.0, 365 * 86_400.0])
def test_a_clock_that_jumps_disturbs_no_conversation(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    talk = memory.conversations.start("ann")
    state = DialogueState()
    for number in range(3):
        monkeypatch.setattr("assistant.memory.turns.time.time", lambda number=number: 1_800_000_000.0 + number * jump)
        state = state.apply(DialogueAct(Intent.LIKE, refers_to=(f"m{number}",)))
        memory.conversations.append("ann", talk.id, NewTurn(f"t{number}", "more", "", None, state), number)
    assert [turn.id for turn in memory.conversations.turns("ann", talk.id)] == ["t0", "t1", "t2"]
    assert memory.conversations.state("ann", talk.id)[0].likes == ("m0", "m1", "m2")
    assert memory.privacy.prune(30) == 0
