"""Errors as problem+json (RFC 9457), each with what to do. OpenAI's clients find their `error` object in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.memory import Conflict, MemoryFull, MemoryProblem, MemoryUnavailable, NotFound

log = logging.getLogger(__name__)

_TITLES = {
    400: "The request cannot be understood",
    401: "An API key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long",
    409: "Changed meanwhile",
    413: "The request is too large",
    415: "Unsupported content type",
    422: "The request does not fit",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Busy",
    507: "Nothing can be stored",
}
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class OpenAIError(BaseModel):
    """The part that OpenAI's clients read."""

    message: str
    type: str
    code: str
    param: str | None = None


class ProblemRecord(BaseModel):
    """An error: `detail` says what is wrong and what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    error: OpenAIError


class ApiProblem(Exception):
    """Ends a request with this status. The text is for the person who wrote the client."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def problem_response(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The response for an error."""
    title = _TITLES.get(status, "The request failed")
    kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    body = ProblemRecord(
        title=title, status=status, detail=detail, error=OpenAIError(message=detail, type=kind, code=str(status))
    )
    # ASCII, so that any text in a detail can be sent, lone surrogates included.
    content = json.dumps(body.model_dump())
    return Response(content, status, dict(headers or {}), media_type="application/problem+json")


def add_handlers(app: FastAPI) -> None:
    """Turn every error of the app into a problem."""

    async def known(_request: Request, error: Exception) -> Response:
        return _known(error)

    for kind in (ApiProblem, MemoryProblem, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, known)

    async def unknown(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem_response(500, "An error that nobody expected; the server's log has the details. Try again.")

    app.add_exception_handler(Exception, unknown)


def _known(error: Exception) -> Response:
    match error:
        case ApiProblem():
            return problem_response(error.status, error.detail, error.headers)
        case MemoryProblem():
            status = memory_status(error)
            return problem_response(status, str(error), {"Retry-After": "5"} if status == 503 else None)
        case RequestValidationError():
            return problem_response(422, "; ".join(map(_sentence, error.errors()[:5])))
        case HTTPException(status_code=404):
            return problem_response(404, "There is nothing at this address; /openapi.json lists what there is.")
        case HTTPException():
            return problem_response(error.status_code, str(error.detail), error.headers)
    raise error


def memory_status(error: MemoryProblem) -> int:
    """The HTTP status for a problem of memory."""
    match error:
        case NotFound():
            return 404
        case Conflict():
            return 409
        case MemoryFull():
            return 507
        case MemoryUnavailable():
            return 503
    return 422


def _sentence(error: Mapping[str, object]) -> str:
    location = error["loc"]
    where = ".".join(str(part) for part in location[1:]) if isinstance(location, tuple) else ""
    return f"{where or 'the body'}: {error['msg']}"
