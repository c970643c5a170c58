"""Keys, hosts, limits, headers, health and metrics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.http import ServerOptions, create_app
from assistant.http.bench import EchoAssistant
from assistant.http.limits import RateLimiter
from assistant.http.options import is_loopback
from assistant.memory import Memory
from tests.assistant.http.conftest import HOME, bearer, done

Keyed = Callable[..., Any]
NEEDS_KEY = [
    ("GET", "/v1/models", None),
    ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
    ("POST", "/api/chat", {"message": "x"}),
    ("GET", "/api/conversations", None),
    ("POST", "/api/recommend", {}),
    ("GET", "/api/items/e1", None),
    ("GET", "/api/items/e1/similar", None),
    ("GET", "/api/search?q=x", None),
    ("POST", "/api/feedback", {"id": "f", "kind": "like", "item_id": "e1"}),
    ("GET", "/api/users/ann/taste", None),
    ("GET", "/api/users/ann/export", None),
    ("DELETE", "/api/users/ann", None),
    ("GET", "/metrics", None),
]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "concierge.example"])
def test_keys_are_required_beyond_loopback(host: str) -> None:
    assert ServerOptions(host=host).keys_required
    assert not is_loopback(host)


def test_keys_can_be_required_on_loopback_too() -> None:
    assert ServerOptions(require_keys=True).keys_required


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_on_loopback_no_key_is_needed(host: str) -> None:
    assert not ServerOptions(host=host).keys_required


@pytest.mark.parametrize(("method", "path", "body"), NEEDS_KEY)
def test_without_a_good_key_every_door_is_shut(keyed: Keyed, method: str, path: str, body: Any) -> None:
    with keyed() as client:
        for headers in ({}, bearer("cg-wrong"), {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
            answer = client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 401
            assert "concierge keys create" in answer.json()["detail"]


def test_the_list_of_doors_that_need_a_key_is_complete(echo_app: FastAPI) -> None:
    secured = {
        path
        for path, methods in echo_app.openapi()["paths"].items()
        for operation in methods.values()
        if operation.get("security")
    }
    every = set(echo_app.openapi()["paths"])
    assert every - secured == {"/healthz", "/readyz"}


def test_a_key_opens_only_what_its_scopes_say(keyed: Keyed, memory: Memory) -> None:
    _, secret = memory.keys.create("ann", scopes=["catalog"])
    with keyed() as client:
        assert client.get("/api/items/e1", headers=bearer(secret)).status_code == 200
        refused = client.post("/api/chat", json={"message": "x"}, headers=bearer(secret))
        assert refused.status_code == 403
        assert "chat" in refused.json()["detail"]


def test_no_key_reads_another_persons_data(keyed: Keyed, memory: Memory) -> None:
    (_, ann), (_, bob) = memory.keys.create("ann"), memory.keys.create("bob")
    with keyed() as client:
        said = client.post("/api/chat", json={"message": "annsecret"}, headers=bearer(ann))
        talk = done(said.text)["conversation_id"]
        client.put("/api/users/ann/taste", json={"remember": True}, headers=bearer(ann))
        for method, path, body in (
            ("GET", f"/api/conversations/{talk}", None),
            ("GET", f"/api/conversations/{talk}?user=ann", None),
            ("POST", "/api/chat", {"message": "x", "conversation_id": talk, "user": "ann"}),
            ("GET", "/api/users/ann/export", None),
            ("GET", "/api/users/ann/taste", None),
            ("PUT", "/api/users/ann/taste", {"remember": False}),
            ("DELETE", "/api/users/ann", None),
        ):
            answer = client.request(method, path, json=body, headers=bearer(bob))
            assert answer.status_code in (403, 404), path
            assert "annsecret" not in answer.text
        assert client.get("/api/conversations?user=ann", headers=bearer(bob)).json() == []
        asked = [{"role": "user", "content": "annsecret"}, {"role": "assistant", "content": "x"}]
        body = {"messages": [*asked, {"role": "user", "content": "go on"}], "user": "ann"}
        client.post("/v1/chat/completions", json=body, headers=bearer(bob))
        assert memory.learning.remembers("ann")
        assert "annsecret" in client.get("/api/users/ann/export", headers=bearer(ann)).text
        assert memory.conversations.get("ann", talk).turns == 1


def test_a_key_may_have_people_of_its_own(keyed: Keyed, memory: Memory) -> None:
    _, secret = memory.keys.create("shop")
    with keyed() as client:
        client.post("/api/chat", json={"message": "x", "user": "kim"}, headers=bearer(secret))
        assert len(memory.conversations.list("shop:kim")) == 1
        assert memory.conversations.list("kim") == ()
        assert client.get("/api/users/shop:kim/export", headers=bearer(secret)).json()["turns"]


def test_a_revoked_key_is_shut_out_at_once(keyed: Keyed, memory: Memory) -> None:
    key, secret = memory.keys.create("ann")
    with keyed() as client:
        assert client.get("/v1/models", headers=bearer(secret)).status_code == 200
        memory.keys.revoke(key.id)
        assert client.get("/v1/models", headers=bearer(secret)).status_code == 401


def test_too_many_requests_are_told_when_to_come_back(keyed: Keyed, memory: Memory) -> None:
    (_, ann), (_, bob) = memory.keys.create("ann"), memory.keys.create("bob")
    with keyed(requests_per_minute=12) as client:
        answers = [client.get("/v1/models", headers=bearer(ann)) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert client.get("/v1/models", headers=bearer(bob)).status_code == 200
        guesses = [client.get("/v1/models", headers=bearer(f"cg-{n}")).status_code for n in range(4)]
        assert guesses == [401, 401, 429, 429]


def test_the_bucket_fills_again_and_old_callers_are_let_go() -> None:
    now = [0.0]
    limiter = RateLimiter(60, clock=lambda: now[0])
    assert [limiter.take("a") for _ in range(10)] == [0.0] * 10
    assert limiter.take("a") == pytest.approx(1.0)
    now[0] = 1.0
    assert limiter.take("a") == 0.0
    for number in range(20_000):
        limiter.take(f"caller {number}")
    assert len(limiter._buckets) == 10_000


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost@evil.example:1"])
def test_without_keys_only_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/conversations", headers={"Host": host}).status_code == 403
    assert client.get("/", headers={"Host": host}).status_code == 403


def test_loopback_names_are_answered(client: TestClient) -> None:
    for host in ("localhost:7860", "127.0.0.1:1", "[::1]:7860", "LOCALHOST"):
        assert client.get("/api/conversations", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9", "x", "http://[", "file://"])
def test_pages_of_other_sites_cannot_change_anything(client: TestClient, origin: str) -> None:
    answer = client.post("/api/chat", json={"message": "x"}, headers={"Origin": origin})
    assert answer.status_code == 403
    asked = client.options("/api/chat", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert not [name for name in asked.headers if name.startswith("access-control")]
    own = client.post("/api/chat", json={"message": "x"}, headers={"Origin": HOME})
    assert own.status_code == 200


def test_pages_of_a_site_that_is_allowed_may_call_and_others_still_not(memory: Memory) -> None:
    app = create_app(EchoAssistant(), memory, ServerOptions(allowed_origins=("https://shop.example",)))
    with TestClient(app, base_url=HOME) as client:
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        for origin, allowed in (("https://shop.example", True), ("https://evil.example", False)):
            asked = client.options("/api/chat", headers={"Origin": origin, **preflight})
            said = client.post("/api/chat", json={"message": "x"}, headers={"Origin": origin})
            read = client.get("/api/conversations", headers={"Origin": origin})
            assert said.status_code == (200 if allowed else 403)
            for answer in (asked, said, read):
                assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
                assert "access-control-allow-credentials" not in answer.headers


def test_large_bodies_are_refused(client: TestClient) -> None:
    assert client.post("/api/chat", content=b"x" * 262_145).status_code == 413
    pieces = (b"x" * 100_000 for _ in range(3))
    assert client.post("/api/chat", content=pieces).status_code == 413
    assert client.post("/api/chat", content=b"{}", headers={"Content-Length": "9" * 30}).status_code == 413


def test_every_answer_carries_security_headers(client: TestClient) -> None:
    for path in ("/healthz", "/api/items/e1", "/nothing", "/api/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
    assert client.get("/api/items/e1").headers["content-security-policy"].startswith("default-src 'none'")
    assert client.get("/api/items/e1").headers["cache-control"] == "no-store"


def test_no_page_loads_scripts_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404
    assert client.get("/openapi.json").status_code == 200


def test_health_and_readiness(memory: Memory) -> None:
    status = ["none", "", "starting"]
    app = create_app(EchoAssistant(), memory, engine_status=lambda: (status[0], status[1], status[2]))
    with TestClient(app, base_url=HOME) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.get("/readyz").json()["status"] == "degraded"
        status[2] = "ready"
        assert client.get("/readyz").json() == {
            "status": "ready",
            "catalog_items": 100,
            "engine": "none",
            "engine_state": "ready",
        }


def test_readiness_fails_without_the_database(client: TestClient, memory: Memory, monkeypatch: Any) -> None:
    from assistant.memory import MemoryUnavailable

    def gone() -> None:
        raise MemoryUnavailable("The database does not answer.")

    monkeypatch.setattr(memory, "check", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_metrics_count_turns_calls_tokens_steps_and_requests(client: TestClient) -> None:
    client.post("/api/chat", json={"message": "x"})
    client.post("/api/chat", json={"message": ""})
    client.post("/api/feedback", json={"id": "f", "kind": "like", "item_id": "e1"})
    client.get("/api/items/e1")
    text = client.get("/metrics").text
    figures = dict(re.findall(r"^(concierge_\S+?(?:\{.*\})?) ([\d.e+]+)$", text, re.MULTILINE))
    assert figures['concierge_turns_total{door="api",outcome="stored"}'] == "1.0"
    assert figures["concierge_llm_calls_total"] == "2.0"
    assert figures['concierge_llm_tokens_total{kind="completion"}'] == "10.0"
    assert figures['concierge_step_seconds_count{step="total"}'] == "1.0"
    assert figures['concierge_feedback_total{kind="like"}'] == "1.0"
    assert figures['concierge_engine_up{kind="none",model="",state="stopped"}'] == "0.0"
    assert figures['concierge_http_requests_total{method="POST",route="/api/chat",status="200"}'] == "1.0"
    assert figures['concierge_http_requests_total{method="POST",route="/api/chat",status="422"}'] == "1.0"
    assert figures['concierge_http_requests_total{method="GET",route="/api/items/{item_id}",status="200"}'] == "1.0"
    assert figures["concierge_turns_in_progress"] == "0.0"


def test_too_many_turns_at_once_are_told_that_it_is_busy(memory: Memory) -> None:
    app = create_app(EchoAssistant(), memory, ServerOptions(turns_at_once=1, turns_waiting=-1))
    with TestClient(app, base_url=HOME) as client:
        answer = client.post("/api/chat", json={"message": "x"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_unknown_addresses_and_methods_are_problems_too(client: TestClient) -> None:
    assert client.get("/api/nothing").json()["status"] == 404
    wrong = client.put("/api/chat", json={})
    assert wrong.status_code == 405
    assert wrong.headers["content-type"] == "application/problem+json"
