"""Every way in which a server can fail has its own clear error, and no call is made twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from assistant.engines import EngineBusy, EngineError, EngineLost, EngineTimeout, Message
from assistant.engines.openai_client import OpenAIModel

ASK = [Message("system", "Be brief."), Message("user", "Hello")]
Handler = Callable[[httpx2.Request], httpx2.Response]


class Reply(BaseModel):
    """Long words for people that no server needs."""

    text: str
    year: int | None = None


class Wire:
    """A transport that records requests and answers with `handler`."""

    def __init__(self, handler: Handler) -> None:
        self.requests: list[httpx2.Request] = []
        self.handler = handler

    def model(self) -> OpenAIModel:
        def handle(request: httpx2.Request) -> httpx2.Response:
            self.requests.append(request)
            return self.handler(request)

        return OpenAIModel("http://llm.test/v1/", "m", api_key="k", transport=httpx2.MockTransport(handle))


def completion(text: str, reason: str = "stop", **extra: object) -> httpx2.Response:
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return httpx2.Response(200, json={**body, **extra})


def events(*deltas: dict[str, Any], end: bool = True) -> Iterator[bytes]:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for delta in deltas:
        yield b"data: " + json.dumps({**head, **delta}).encode() + b"\n\n"
    if end:
        yield b"data: [DONE]\n\n"


def piece(text: str, reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}


def sse(content: Iterator[bytes]) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=content)


def refuse(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def hang(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("nothing came")


def status(code: int, message: str = "why") -> Handler:
    return lambda _: httpx2.Response(code, json={"error": {"message": message, "type": "x", "code": code}})


FAILURES = [
    pytest.param(refuse, EngineLost, "cannot be reached", id="refused"),
    pytest.param(hang, EngineTimeout, "did not answer within 5 s", id="time-out"),
    pytest.param(status(400, "too long"), EngineError, "refused the request: .*too long", id="400"),
    pytest.param(status(401), EngineError, "set LLM_API_KEY", id="401"),
    pytest.param(status(403), EngineError, "set LLM_API_KEY", id="403"),
    pytest.param(status(404), EngineError, "does not know 'm'; check LLM_BASE_URL and LLM_MODEL", id="404"),
    pytest.param(status(429), EngineBusy, "too much to do", id="429"),
    pytest.param(status(500, "boom"), EngineLost, r"failed \(500\)", id="500"),
    pytest.param(status(503, "Loading model"), EngineBusy, "not ready yet", id="503"),
    pytest.param(lambda _: httpx2.Response(200, html="<p>portal</p>"), EngineError, "not an OpenAI", id="html"),
    pytest.param(lambda _: httpx2.Response(200, json={"a": 1}), EngineError, "not an OpenAI", id="other json"),
]


@pytest.mark.parametrize(("handler", "kind", "message"), FAILURES)
def test_a_failed_structured_call_is_named_and_not_repeated(
    handler: Handler, kind: type[EngineError], message: str
) -> None:
    wire = Wire(handler)
    with pytest.raises(EngineError, match=message) as raised:
        wire.model().structured(ASK, Reply, max_tokens=9, timeout=5)
    assert type(raised.value) is kind
    assert len(wire.requests) == 1


@pytest.mark.parametrize(("handler", "kind", "message"), FAILURES[:-2])
def test_a_failed_stream_is_named_and_not_repeated(handler: Handler, kind: type[EngineError], message: str) -> None:
    wire = Wire(handler)
    with pytest.raises(EngineError, match=message) as raised:
        list(wire.model().stream(ASK, max_tokens=9, timeout=5))
    assert type(raised.value) is kind
    assert len(wire.requests) == 1


def test_what_is_sent_is_compact_and_repeatable() -> None:
    wire = Wire(lambda _: completion('{"text":"hi"}'))
    generation = wire.model().structured(ASK, Reply, max_tokens=9, timeout=5)
    assert generation.value == Reply(text="hi")
    assert (generation.prompt_tokens, generation.completion_tokens) == (7, 3)
    body = json.loads(wire.requests[0].content)
    assert str(wire.requests[0].url) == "http://llm.test/v1/chat/completions"
    assert wire.requests[0].headers["authorization"] == "Bearer k"
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert body["temperature"] == 0
    assert isinstance(body["seed"], int)
    assert body["max_completion_tokens"] == 9
    assert body["response_format"]["json_schema"]["schema"] == {
        "type": "object",
        "properties": {"text": {"type": "string"}, "year": {"type": "integer"}},
        "required": ["text"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("text", ["", "no JSON", '{"text": 5}', '{"other": "x"}', '{"text": "cut', "null", "[]"])
def test_a_text_that_does_not_fit_is_no_error(text: str) -> None:
    generation = Wire(lambda _: completion(text)).model().structured(ASK, Reply, max_tokens=9, timeout=5)
    assert generation.value is None
    assert generation.text == text
    assert generation.completion_tokens == 3


def test_a_text_that_is_cut_off_is_no_error() -> None:
    generation = Wire(lambda _: completion('{"te', "length")).model().structured(ASK, Reply, max_tokens=9, timeout=5)
    assert generation.value is None
    assert generation.text == '{"te'
    assert (generation.prompt_tokens, generation.completion_tokens) == (7, 3)


def test_a_stream_yields_pieces_then_counts() -> None:
    wire = Wire(lambda _: sse(events(piece("Hé"), piece("llo 你"), piece("", "stop"), USAGE)))
    *pieces, last = wire.model().stream(ASK, max_tokens=9, timeout=5)
    assert [chunk.text for chunk in pieces] == ["Hé", "llo 你"]
    assert (last.finished, last.prompt_tokens, last.completion_tokens) == (True, 7, 2)
    assert json.loads(wire.requests[0].content)["stream_options"] == {"include_usage": True}


def broken() -> Iterator[bytes]:
    yield from events(piece("Hel"), end=False)
    raise httpx2.RemoteProtocolError("peer closed connection")


def stalled() -> Iterator[bytes]:
    yield from events(piece("Hel"), end=False)
    raise httpx2.ReadTimeout("nothing came")


def failed() -> Iterator[bytes]:
    yield from events(piece("Hel"), {"error": {"message": "out of memory"}}, end=False)


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (broken, EngineLost, "broke off"),
        (stalled, EngineTimeout, "did not answer within"),
        (failed, EngineError, "out of memory"),
        (lambda: events(piece("Hel"), end=False), EngineLost, "broke off in the middle"),
        (lambda: events(piece("Hel")), EngineLost, "broke off in the middle"),
        (lambda: iter([b"data: {not json\n\n"]), EngineError, "not an OpenAI"),
        (lambda: iter([b""]), EngineError, "broke off|not an OpenAI"),
    ],
)
def test_a_stream_that_breaks_off_gives_what_came_and_then_the_error(
    content: Callable[[], Iterator[bytes]], kind: type[EngineError], message: str
) -> None:
    stream = Wire(lambda _: sse(content())).model().stream(ASK, max_tokens=9, timeout=5)
    received = []
    with pytest.raises(EngineError, match=message) as raised:
        received.extend(chunk.text for chunk in stream)
    assert isinstance(raised.value, kind)
    assert received in (["Hel"], [])


def test_an_error_of_the_reader_is_not_taken_for_one_of_the_engine() -> None:
    stream = (
        Wire(lambda _: sse(events(piece("a"), piece("b"), piece("", "stop"))))
        .model()
        .stream(ASK, max_tokens=9, timeout=5)
    )
    next(stream)
    with pytest.raises(ZeroDivisionError):
        stream.throw(ZeroDivisionError())  # type: ignore[attr-defined]


def test_a_stream_has_a_deadline_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 2))
    monkeypatch.setattr("assistant.engines.openai_client.time.monotonic", lambda: next(clock))
    many = events(*[piece("a ")] * 50, piece("", "stop"))
    with pytest.raises(EngineTimeout):
        list(Wire(lambda _: sse(many)).model().stream(ASK, max_tokens=99, timeout=5))


def test_nothing_is_traced_to_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "x")
    monkeypatch.setattr("langsmith.Client.create_run", lambda *_, **__: pytest.fail("a run was traced"))
    Wire(lambda _: completion('{"text":"hi"}')).model().structured(ASK, Reply, max_tokens=9, timeout=5)


def test_a_closed_model_says_so() -> None:
    model = Wire(lambda _: completion("{}")).model()
    model.close()
    with pytest.raises(EngineError, match="was closed"):
        model.structured(ASK, Reply, max_tokens=9, timeout=5)


def test_the_first_token_with_how_likely_others_were() -> None:
    likely = [{"token": "B", "logprob": -0.1, "bytes": None}, {"token": " A", "logprob": -2.5, "bytes": None}]
    told = {"content": [{**likely[0], "top_logprobs": likely}], "refusal": None}

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(completion("B").content)
        body["choices"][0]["logprobs"] = told
        return httpx2.Response(200, json=body)

    wire = Wire(answer)
    assert wire.model().first_token(ASK, timeout=5) == pytest.approx({"B": 0.9048, " A": 0.0821}, abs=1e-3)
    sent = json.loads(wire.requests[0].content)
    assert (sent["logprobs"], sent["top_logprobs"], sent["max_completion_tokens"]) == (True, 20, 1)
    assert Wire(lambda _: completion("B")).model().first_token(ASK, timeout=5) == {}
    with pytest.raises(EngineLost):
        Wire(refuse).model().first_token(ASK, timeout=5)
