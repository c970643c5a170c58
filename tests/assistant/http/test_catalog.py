"""The catalog's routes over the tiny catalog, with the real retrieval and ranking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.http import create_app
from assistant.memory import Memory
from retrieval.catalog import Catalog
from tests.assistant.http.conftest import HOME, done, events
from tests.conftest import MakeAssistant
from tests.fakes import QueueModel


@pytest.fixture
def client(make_assistant: MakeAssistant, memory: Memory) -> Iterator[TestClient]:
    with TestClient(create_app(make_assistant(None), memory), base_url=HOME) as opened:
        yield opened


@pytest.fixture
def catalog(make_assistant: MakeAssistant) -> Catalog:
    return make_assistant(None).catalog


def id_of(client: TestClient, title: str) -> str:
    return str(client.get("/api/search", params={"q": title}).json()[0]["id"])


def test_search_finds_titles_with_typing_errors_first(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "the matrx", "count": 3}).json()
    assert found[0]["title"] == "The Matrix"
    assert len(found) <= 3


def test_an_item_is_its_whole_record(client: TestClient, catalog: Catalog) -> None:
    item = catalog.item(0)
    record = client.get(f"/api/items/{item.id}").json()
    assert record["title"] == item.title
    assert record["people"] == [{"name": credit.name, "role": credit.role} for credit in item.people]
    assert record["year"] == item.year


@pytest.mark.parametrize(
    "item_id",
    ["nope", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "'; DROP TABLE turns; --", "<script>", "%00", "%ff", "x" * 5000, "💥"],
)
def test_ids_that_do_not_exist_are_not_found(client: TestClient, item_id: str) -> None:
    for path in (f"/api/items/{item_id}", f"/api/items/{item_id}/similar"):
        answer = client.get(path)
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"


def test_similar_items_leave_the_item_itself_out(client: TestClient) -> None:
    matrix = id_of(client, "The Matrix")
    similar = client.get(f"/api/items/{matrix}/similar", params={"count": 4}).json()["items"]
    assert len(similar) == 4
    assert matrix not in [card["id"] for card in similar]
    because = [fact["value"] for card in similar for fact in card["evidence"] if fact["kind"] == "liked"]
    assert any("The Matrix" in title for title in because), similar


def test_recommendations_keep_every_limit_and_say_why(client: TestClient, catalog: Catalog) -> None:
    matrix = id_of(client, "The Matrix")
    wanted = {"like": ["the matrix"], "not_genres": ["horror"], "year_from": 2000, "year_to": 2020, "count": 3}
    answer = client.post("/api/recommend", json=wanted).json()
    assert answer["understood"]["like"] == ["The Matrix"]
    assert answer["understood"]["year_from"] == 2000
    assert answer["unknown"] == []
    assert 0 < len(answer["items"]) <= 3
    for rank, card in enumerate(answer["items"], start=1):
        assert card["rank"] == rank
        assert set(card) == {"rank", "id", "title", "year", "genres", "score", "parts", "reason", "evidence"}
        assert set(card["parts"]) == {"collaborative", "semantic", "liked_similarity", "popularity", "match"}
        assert 2000 <= card["year"] <= 2020
        assert "horror" not in card["genres"]
        assert card["id"] != matrix
        assert card["reason"]
    assert answer["trace"]
    by_id = client.post("/api/recommend", json={**wanted, "like": [matrix]}).json()
    assert [card["id"] for card in by_id["items"]] == [card["id"] for card in answer["items"]]


def test_no_key_is_needed_and_unknown_names_are_named(client: TestClient) -> None:
    assert client.post("/api/recommend", json={}).json()["items"]
    wanted = {"like": ["Xqzzy Blorp"], "genres": ["blorpcore"], "people": ["christopher nolan", "Xqzzy"]}
    answer = client.post("/api/recommend", json=wanted).json()
    assert answer["unknown"] == ["Xqzzy Blorp", "blorpcore", "Xqzzy"]


def test_what_cannot_be_met_names_what_blocks_and_shows_the_nearest(client: TestClient) -> None:
    answer = client.post("/api/recommend", json={"year_from": 2090, "year_to": 2099}).json()
    assert answer["blocking"]
    assert answer["items"]


@pytest.mark.parametrize(
    "body",
    [
        {"count": 0},
        {"count": 21},
        {"count": "many"},
        {"year_from": 2010, "year_to": 2000},
        {"year_from": -1},
        {"like": "The Matrix"},
        {"like": ["x"] * 51},
        {"genre": ["comedy"]},
        {"wishes": ["\ud800"]},
        [],
        "x",
        None,
    ],
)
def test_recommend_refuses_what_does_not_fit(client: TestClient, body: Any) -> None:
    answer = client.post("/api/recommend", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_whole_turns_with_a_language_model(make_assistant: MakeAssistant, memory: Memory) -> None:
    model = QueueModel(["{}", "1. A story of dreams."], default="{}")
    with TestClient(create_app(make_assistant(model), memory), base_url=HOME) as client:
        answer = client.post("/api/chat", json={"message": "I loved The Matrix, something after 2005, quokkas"})
    end = done(answer.text)
    assert end["stored"] is True
    assert end["usage"]["calls"] == 2
    assert end["understood"]["like"] == ["The Matrix"]
    items = dict(events(answer.text))["cards"]["items"]
    assert items
    assert all(card["year"] >= 2005 for card in items)
    (turn,) = memory.conversations.turns("local", end["conversation_id"])
    assert turn.state.likes
    assert turn.act is not None


def test_without_an_engine_the_turn_is_marked_degraded(client: TestClient, memory: Memory) -> None:
    end = done(client.post("/api/chat", json={"message": "a comedy from the 90s"}).text)
    (turn,) = memory.conversations.turns("local", end["conversation_id"])
    assert turn.degraded
    assert "concierge_degraded_turns_total 1.0" in client.get("/metrics").text
