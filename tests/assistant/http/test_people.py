from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.memory import Memory

Say = Callable[..., dict[str, Any]]


def give(client: TestClient, **body: Any) -> Any:
    return client.post("/api/feedback", json={"id": "f1", "kind": "like", "item_id": "e7", **body})


def test_feedback_is_stored_once_and_changes_the_next_turn(client: TestClient, say: Say, memory: Memory) -> None:
    first = say("one")
    ids = {"conversation_id": first["conversation_id"], "turn_id": first["turn_id"]}
    given = give(client, **ids)
    assert given.status_code == 201
    assert given.json()["understood"]["like"] == ["Echo 7"]
    again = give(client, **ids)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert say("two", conversation_id=first["conversation_id"])["understood"]["like"] == ["Echo 7"]
    (kept,) = memory.learning.feedback("local")
    assert (kept.turn_id, kept.item_id) == (first["turn_id"], "e7")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"item_id": "nope"}, 422, "no item"),
        ({"kind": "love"}, 422, "kind"),
        ({"kind": "rating"}, 422, "rating"),
        ({"rating": 3}, 422, "rating"),
        ({"kind": "rating", "rating": 6}, 422, "rating"),
        ({"kind": "why"}, 422, "why"),
        ({"turn_id": "t"}, 422, "conversation_id"),
        ({"conversation_id": "nope"}, 404, "no such conversation"),
        ({"conversation_id": "nope", "turn_id": "t"}, 404, "no turn"),
        ({"id": ""}, 422, "id"),
        ({"id": "x" * 201}, 422, "id"),
    ],
)
def test_feedback_that_does_not_fit_is_refused(
    client: TestClient, memory: Memory, body: dict[str, Any], status: int, words: str
) -> None:
    answer = give(client, **body)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert memory.learning.feedback("local") == ()


def test_a_rating_and_its_reason_are_kept(client: TestClient, memory: Memory) -> None:
    assert give(client, kind="rating", rating=4.5, why="the train \x00scene").status_code == 201
    assert give(client, id="f2", kind="why", why="too long").status_code == 201
    kept = memory.learning.feedback("local")
    assert [(one.rating, one.why) for one in kept] == [(4.5, "the train scene"), (None, "too long")]


def test_taste_is_opt_in_visible_and_deletable(client: TestClient, say: Say) -> None:
    give(client, id="f0")
    assert client.get("/api/users/local/taste").json() == {"remember": False, "lines": []}
    client.put("/api/users/local/taste", json={"remember": True})
    give(client, id="f1")
    (line,) = client.get("/api/users/local/taste").json()["lines"]
    assert (line["kind"], line["title"], line["source"]) == ("like", "Echo 7 (1907)", "feedback")
    assert say("one")["understood"]["like"] == ["Echo 7"]
    assert client.delete(f"/api/users/local/taste/{line['id']}").status_code == 204
    assert client.delete(f"/api/users/local/taste/{line['id']}").status_code == 404
    assert say("one")["understood"]["like"] == []


def test_export_and_forget(client: TestClient, say: Say) -> None:
    say("annsecret", user="ann")
    give(client, user="ann", why="annreason")
    exported = client.get("/api/users/ann/export").text
    assert "annsecret" in exported
    assert "annreason" in exported
    proof = client.delete("/api/users/ann").json()
    assert proof["complete"] is True
    assert proof["removed"]["turns"] == 1
    assert proof["removed"]["feedback"] == 1
    assert set(proof["left"].values()) == {0}
    assert "annsecret" not in client.get("/api/users/ann/export").text
    assert client.get("/api/conversations", params={"user": "ann"}).json() == []


def test_who_was_in_the_training_is_told_to_train_again(client: TestClient, memory: Memory) -> None:
    give(client, user="ann")
    memory.learning.end_training(memory.learning.begin_training()[0])
    proof = client.delete("/api/users/ann").json()
    assert proof["retrain"] is True
    assert "concierge train" in proof["what_to_do"]
