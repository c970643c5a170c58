from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.acts import DialogueAct
from assistant.events import Cards, Event, Understood, Word
from assistant.http import create_app
from assistant.http.bench import EchoAssistant
from assistant.memory import Memory, MemoryFull
from assistant.state import DialogueState
from tests.assistant.http.conftest import HOME, done, events

Say = Callable[..., dict[str, Any]]


def test_a_turn_is_told_as_typed_events_in_order_and_stored_before_its_end(client: TestClient, memory: Memory) -> None:
    answer = client.post("/api/chat", json={"message": "something <b>warm</b>\u2028"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    names = [name for name, _ in told]
    assert names[:3] == ["turn", "understood", "cards"]
    assert set(names[3:-1]) == {"word"}
    end = done(answer.text)
    assert end["stored"] is True
    (turn,) = memory.conversations.turns("local", end["conversation_id"])
    assert turn.id == end["turn_id"]
    assert turn.reply == end["reply"] == "".join(data["text"] for name, data in told if name == "word")
    assert [card["id"] for card in turn.cards] == [card["id"] for card in told[2][1]["items"]]
    assert turn.details["prompts"].keys() == {"understand", "explain", "explain-zh"}
    assert turn.details["usage"] == {"calls": 2, "prompt_tokens": 10, "completion_tokens": 10}
    assert turn.details["trace"] == [{"name": "catalog", "left": 100}]


def test_a_conversation_goes_on_from_its_state(say: Say) -> None:
    first = say("one")
    second = say("two", conversation_id=first["conversation_id"])
    assert second["understood"]["wishes"] == ["one", "two"]
    assert second["number"] == 2
    assert say("three")["understood"]["wishes"] == ["three"]


def test_a_turn_sent_twice_is_told_again_and_stored_once(client: TestClient, say: Say, memory: Memory) -> None:
    talk = say("one")["conversation_id"]
    body = {"message": "two", "conversation_id": talk, "turn_id": "mine"}
    first, again = client.post("/api/chat", json=body), client.post("/api/chat", json=body)
    assert events(again.text)[0][1]["repeated"] is True
    assert done(first.text)["reply"] == done(again.text)["reply"]
    assert dict(events(first.text))["cards"]["items"] == dict(events(again.text))["cards"]["items"]
    assert memory.conversations.get("local", talk).turns == 2


def test_a_click_changes_the_state_and_brings_new_cards(client: TestClient, say: Say) -> None:
    talk = say("one")["conversation_id"]
    click = {"intent": "like", "items": ["e7"]}
    answer = client.post("/api/chat", json={"click": click, "conversation_id": talk})
    assert done(answer.text)["understood"]["like"] == ["Echo 7"]
    undone = client.post("/api/chat", json={"click": {"intent": "undo"}, "conversation_id": talk})
    assert done(undone.text)["understood"]["like"] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "either message or click"),
        ({"message": "x", "click": {"intent": "undo"}}, "either message or click"),
        ({"message": ""}, "empty"),
        ({"message": " \x00\n "}, "empty"),
        ({"message": "x" * 20_000}, "4,000"),
        ({"message": "x" * 20_001}, "at most 20000"),
        ({"message": "x", "mesage": "y"}, "mesage"),
        ({"click": {"intent": "like", "items": ["nope"]}}, "no item"),
        ({"click": {"intent": "like"}}, "needs the items"),
        ({"click": {"intent": "recommend", "items": []}}, "intent"),
        ({"message": "x", "user": "a\x00b"}, "user"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_do(client: TestClient, body: Any, words: str) -> None:
    answer = client.post("/api/chat", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert client.get("/api/conversations").json() == []


def test_another_persons_conversation_cannot_be_reached(client: TestClient, say: Say) -> None:
    talk = say("secret", user="ann")["conversation_id"]
    for answer in (
        client.post("/api/chat", json={"message": "x", "conversation_id": talk, "user": "bob"}),
        client.get(f"/api/conversations/{talk}", params={"user": "bob"}),
        client.patch(f"/api/conversations/{talk}", params={"user": "bob"}, json={"title": "x"}),
        client.post(f"/api/conversations/{talk}/rewind", params={"user": "bob"}, json={"turns": 0}),
        client.delete(f"/api/conversations/{talk}", params={"user": "bob"}),
        client.post(
            "/api/feedback",
            json={"id": "f", "kind": "like", "item_id": "e1", "conversation_id": talk, "user": "bob"},
        ),
    ):
        assert answer.status_code == 404
        assert "secret" not in answer.text
    assert client.get(f"/api/conversations/{talk}", params={"user": "ann"}).json()["turns"] == 1


def test_conversations_are_listed_read_renamed_rewound_and_deleted(client: TestClient, say: Say) -> None:
    talk = say("one")["conversation_id"]
    say("two", conversation_id=talk)
    assert [one["title"] for one in client.get("/api/conversations").json()] == ["one"]
    read = client.get(f"/api/conversations/{talk}").json()
    assert [turn["utterance"] for turn in read["said"]] == ["one", "two"]
    assert len(read["said"][0]["cards"]) == 5
    assert client.patch(f"/api/conversations/{talk}", json={"title": "Mine"}).status_code == 204
    assert client.post(f"/api/conversations/{talk}/rewind", json={"turns": 1}).status_code == 204
    assert client.get(f"/api/conversations/{talk}").json()["title"] == "Mine"
    assert say("three", conversation_id=talk)["understood"]["wishes"] == ["one", "three"]
    assert client.delete(f"/api/conversations/{talk}").status_code == 204
    assert client.get(f"/api/conversations/{talk}").status_code == 404


class Broken(EchoAssistant):
    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        for event in super().reply(state, utterance):
            if isinstance(event, Word):
                raise RuntimeError("a secret of the inside")
            yield event


def test_an_error_within_a_turn_is_told_and_changes_nothing(memory: Memory, caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(create_app(Broken(), memory), base_url=HOME) as client:
        answer = client.post("/api/chat", json={"message": "x"})
        whole = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
    assert ("problem", "internal") in [(name, data.get("kind")) for name, data in events(answer.text)]
    assert done(answer.text)["stored"] is False
    assert whole.json()["concierge"]["stored"] is False
    assert "secret" not in answer.text + whole.text
    assert "a secret of the inside" in caplog.text
    assert all(talk.turns == 0 for talk in memory.conversations.list("local"))


def test_a_turn_that_cannot_be_stored_says_so(
    client: TestClient, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryFull("Free some space.")

    monkeypatch.setattr(memory.conversations, "append", full)
    answer = client.post("/api/chat", json={"message": "x"})
    assert ("problem", "Free some space.") in [(name, data.get("text")) for name, data in events(answer.text)]
    assert done(answer.text)["stored"] is False


def test_closing_a_turn_stores_what_was_shown_so_that_it_does_not_come_back(memory: Memory) -> None:
    app = create_app(EchoAssistant(), memory)
    talk = app.state.services.talk
    place = talk.place("ann", None)
    turn = talk.turn(place, "warm", "api")
    for event in turn:
        if isinstance(event, Word):
            break
    turn.close()
    (stored,) = memory.conversations.turns("ann", place.conversation_id)
    assert stored.details["stopped"] is True
    assert stored.reply == "I "
    assert stored.state.last_shown == ("e0", "e1", "e2", "e3", "e4")


def test_closing_a_turn_before_it_was_understood_stores_nothing(memory: Memory) -> None:
    closed: list[bool] = []

    class Slow(EchoAssistant):
        def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
            try:
                yield Word("…")
                yield from super().reply(state, utterance)
            finally:
                closed.append(True)

    talk = create_app(Slow(), memory).state.services.talk
    place = talk.place("ann", None)
    turn = talk.turn(place, "warm", "api")
    assert isinstance(next(turn), Word)
    turn.close()
    assert closed == [True]
    assert memory.conversations.turns("ann", place.conversation_id) == ()


def test_the_events_cover_cards_and_understanding() -> None:
    kinds = [type(event) for event in EchoAssistant().act(DialogueState(), DialogueAct("refine"))]  # type: ignore[arg-type]
    assert kinds[:2] == [Understood, Cards]
