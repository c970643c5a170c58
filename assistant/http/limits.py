"""The guard in front of the app: hosts and origins, body size and time, rates, and security headers."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.http.metrics import Metrics
from assistant.http.options import ServerOptions
from assistant.http.problems import problem_response

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_API_PATHS = ("/api/", "/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CALLERS_KEPT = 10_000


class RateLimiter:
    """A token bucket per caller: `per_minute` on average, a sixth of that at once."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(per_minute / 6, 1.0)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Take one token: 0 when there was one, else the seconds until there is."""
        if self._rate <= 0:
            return 0.0
        now = self._clock()
        left, before = self._buckets.pop(caller, (self._burst, now))
        left = min(self._burst, left + (now - before) * self._rate)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._buckets[caller] = (left if wait else left - 1, now)
        while len(self._buckets) > _CALLERS_KEPT:
            self._buckets.popitem(last=False)
        return wait


class _Refused(Exception):
    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail


class Guard:
    """ASGI middleware. The API's paths get every check; the page's only those of host and origin."""

    def __init__(self, app: ASGIApp, options: ServerOptions, metrics: Metrics) -> None:
        self._app, self._options, self._metrics = app, options, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, then pass it on with its body read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        api = scope["path"].startswith(_API_PATHS)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in (_HEADERS | (_API_HEADERS if api else {})).items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check(scope)
            incoming = await self._with_body(scope, receive) if api else receive
        except _Refused as refused:
            await problem_response(refused.status, refused.detail)(scope, receive, answer)
        else:
            await self._app(scope, incoming, answer)
        finally:
            if api:
                route = getattr(scope.get("route"), "path", "other")
                self._metrics.requests.labels(scope["method"], route, str(status)).inc()

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._options.keys_required and _name(host) not in self._options.allowed_hosts:
            names = ", ".join(self._options.allowed_hosts)
            raise _Refused(403, f"This server answers to {names} only. Call it by one of these names.")
        origin = headers.get("origin")
        ours = origin is None or urlsplit_host(origin) == host or origin in self._options.allowed_origins
        if not ours and scope["method"] not in _SAFE:
            raise _Refused(403, "Pages of other sites may not call this server.")

    async def _with_body(self, scope: Scope, receive: Receive) -> Receive:
        """Read the whole body within its limits and give a `receive` that hands it out."""
        if scope["method"] in _SAFE:
            return receive
        most = self._options.max_body
        too_large = _Refused(413, f"The body is larger than {most:,} bytes. Send less at once.")
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdecimal() and (len(length) > 12 or int(length) > most):
            raise too_large
        body = bytearray()
        more = True
        with anyio.move_on_after(self._options.body_seconds) as deadline:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return _replay([message], receive)
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > most:
                    raise too_large
        if deadline.cancelled_caught:
            raise _Refused(408, f"The body did not arrive within {self._options.body_seconds:g} seconds. Try again.")
        return _replay([{"type": "http.request", "body": bytes(body), "more_body": False}], receive)


def _replay(messages: list[Message], receive: Receive) -> Receive:
    async def replay() -> Message:
        return messages.pop(0) if messages else await receive()

    return replay


def _name(host: str) -> str:
    """The host without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def urlsplit_host(origin: str) -> str:
    """The host, with its port, of an origin; "" for what is no origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
