"""An OpenAI-compatible server that runs no model: for the contract tests, and as a child process.

It answers with what the last message asks for in a fixed way, one word a token, and counts what it is generating.
Needs nothing but the standard library: as a child it starts in a blink.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeServer(ThreadingHTTPServer):
    """Listens on a port of 127.0.0.1; start it with `with FakeServer() as server`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0, *, token_seconds: float = 0.005, key: str | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.token_seconds = token_seconds
        self.key = key
        self.generating = 0
        self.stuck = False
        self.hold_new = False
        self.requests: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> FakeServer:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def answer(request: dict[str, Any]) -> str:
    """What the model says: JSON for a schema, else as many numbers as it is asked to count to."""
    text = request["messages"][-1]["content"]
    if "response_format" in request:
        properties = request["response_format"]["json_schema"]["schema"]["properties"]
        word = re.search(r"the word (\w+)", text)
        values: dict[str, Any] = {"word": word.group(1) if word else "?", "like": ["Alien"], "year_from": 1990}
        return json.dumps({key: values[key] for key in properties if key in values})
    return " ".join(str(number) for number in range(1, int((re.findall(r"\d+", text) or ["5"])[-1]) + 1))


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        if self.path == "/health":
            self._json(200, {"status": "ok"})
        elif not self._allowed():
            self._json(401, {"error": {"message": "wrong key"}})
        else:
            self._json(200, {"object": "list", "data": [{"id": "fake", "object": "model"}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._allowed():
            self._json(401, {"error": {"message": "wrong key"}})
            return
        text = request["messages"][-1]["content"]
        if "please crash" in text:
            os._exit(7)
        if "please refuse" in text:
            self._json(400, {"error": {"message": "no such thing"}})
            return
        with self.server.lock:
            self.server.generating += 1
            self.server.requests.append(request)
        try:
            while self.server.stuck or self.server.hold_new:
                time.sleep(0.02)
            self._complete(request)
        finally:
            with self.server.lock:
                self.server.generating -= 1

    def _complete(self, request: dict[str, Any]) -> None:
        tokens = re.findall(r"\S+\s*", answer(request))
        limit = request.get("max_completion_tokens") or request.get("max_tokens") or len(tokens)
        reason = "length" if len(tokens) > limit else "stop"
        tokens = tokens[:limit]
        usage = {"prompt_tokens": 12, "completion_tokens": len(tokens), "total_tokens": 12 + len(tokens)}
        head = {"id": "1", "created": 1, "model": "fake"}
        if request.get("stream"):
            self._stream(tokens, reason, usage, {**head, "object": "chat.completion.chunk"})
            return
        for _ in tokens:
            time.sleep(self.server.token_seconds)
            if self._client_left():
                return
        message = {"role": "assistant", "content": "".join(tokens)}
        choice = {"index": 0, "message": message, "finish_reason": reason}
        self._json(200, {**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    def _stream(self, tokens: list[str], reason: str, usage: dict[str, int], head: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for token in tokens:
            time.sleep(self.server.token_seconds)
            self._event({**head, "choices": [{"index": 0, "delta": {"content": token}, "finish_reason": None}]})
        self._event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self._event({**head, "choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()

    def _client_left(self) -> bool:
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1) == b""
        except BlockingIOError:
            return False
        finally:
            self.connection.setblocking(True)

    def _allowed(self) -> bool:
        return self.server.key is None or self.headers.get("Authorization") == f"Bearer {self.server.key}"

    def _json(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--refuse-to-start", action="store_true")
    options = parser.parse_args()
    if options.refuse_to_start:
        sys.exit("no weights here")
    FakeServer(options.port, token_seconds=0.02, key=os.environ.get("FAKE_KEY")).serve_forever(0.05)
