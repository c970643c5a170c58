"""Who is calling, and for whom they may speak."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.http.limits import RateLimiter
from assistant.http.options import ServerOptions
from assistant.http.problems import ApiProblem
from assistant.memory import ApiKey, Memory, Scope

LOCAL_USER = "local"
"""Whose data it is when nobody is named and no key is needed."""

_bearer = HTTPBearer(auto_error=False, description="An API key, made with `concierge keys create`.")


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller: the key's owner, or whoever sits at this machine when no key is needed."""

    key: ApiKey | None

    def user(self, name: str | None) -> str:
        """The user whose data a request is about. A name under a key is a name within that key's own people."""
        if self.key is None:
            return name or LOCAL_USER
        if name is None or self.key.speaks_for(name):
            return name or self.key.owner
        return f"{self.key.owner}:{name}"

    def must_speak_for(self, user_id: str) -> None:
        """Raise ApiProblem 403 when this caller may not reach that user's data."""
        if self.key is not None and not self.key.speaks_for(user_id):
            raise ApiProblem(403, "This key does not speak for that user. Use the user's own key.")


class Doorkeeper:
    """Finds the caller of a request and keeps count of their requests."""

    def __init__(self, memory: Memory, options: ServerOptions) -> None:
        self._memory, self._required = memory, options.keys_required
        self._limiter = RateLimiter(options.requests_per_minute)

    def caller(self, scope: Scope, secret: str | None, address: str) -> Caller:
        """The caller with this secret. Raises ApiProblem 401, 403 or 429."""
        key = self._memory.keys.find(secret) if secret else None
        if key is None and not self._required:
            return Caller(None)
        self._count(f"key:{key.id}" if key else f"address:{address}")
        if key is None:
            detail = "Send an API key as `Authorization: Bearer KEY`; `concierge keys create` makes one."
            raise ApiProblem(401, detail, {"WWW-Authenticate": "Bearer"})
        if scope not in key.scopes:
            raise ApiProblem(403, f"This key lacks the scope {scope!r}. Make one that has it.")
        return Caller(key)

    def _count(self, caller: str) -> None:
        if wait := self._limiter.take(caller):
            raise ApiProblem(429, f"Too many requests. Try again in {wait:.0f} s.", {"Retry-After": str(int(wait) + 1)})


def caller_with(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A FastAPI dependency: the caller, who must have this scope."""

    async def find(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        doorkeeper: Doorkeeper = request.app.state.doorkeeper
        address = request.client.host if request.client else "unknown"
        if credentials is None:
            return doorkeeper.caller(scope, None, address)
        # Only a key has to be looked up in the database, for which a thread is needed.
        return await run_in_threadpool(doorkeeper.caller, scope, credentials.credentials, address)

    return find


Chatter = Annotated[Caller, Depends(caller_with("chat"))]
Reader = Annotated[Caller, Depends(caller_with("catalog"))]
Owner = Annotated[Caller, Depends(caller_with("data"))]
Operator = Annotated[Caller, Depends(caller_with("metrics"))]
