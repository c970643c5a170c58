"""Puts the HTTP API together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from assistant.http import catalog, conversations, native, openai_chat, operations, people
from assistant.http.auth import Doorkeeper
from assistant.http.limits import Guard
from assistant.http.metrics import EngineStatus, Metrics
from assistant.http.options import ServerOptions
from assistant.http.problems import ProblemRecord, add_handlers
from assistant.http.services import Services
from assistant.http.streaming import Line
from assistant.http.talk import Conversationalist, Talk
from assistant.memory import Memory, MemoryProblem
from prompts import load
from retrieval.titles import TitleLinker

log = logging.getLogger(__name__)

_PROMPTS = ("understand", "explain", "explain-zh")
_HOUR = 3600.0
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemRecord, "content": {"application/problem+json": {}}, "description": text}
    for status, text in {
        "4XX": "What was wrong with the request, and what to do.",
        "5XX": "What is wrong with the server, and what to do.",
    }.items()
}


def no_engine() -> tuple[str, str, str]:
    """The status of an assistant that has no engine."""
    return "none", "", "stopped"


def create_app(
    assistant: Conversationalist,
    memory: Memory,
    options: ServerOptions | None = None,
    *,
    engine_status: EngineStatus = no_engine,
    linker: TitleLinker | None = None,
) -> FastAPI:
    """The API over an assistant and a memory, which the caller opens and closes. A page can be mounted into it.

    `engine_status` gives the engine's kind, model and state; `linker` saves building a second index of titles.
    """
    options = options or ServerOptions()
    metrics = Metrics(engine_status)
    versions = {name: load(name).version for name in _PROMPTS}
    app = FastAPI(
        title="Concierge",
        summary="A conversational recommender that runs on your own machine.",
        version="0.1.0",
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
        responses=_ERRORS,
        lifespan=_lifespan(memory, options),
    )
    app.state.doorkeeper = Doorkeeper(memory, options)
    app.state.services = Services(
        talk=Talk(assistant, memory, metrics, engine_status, versions),
        memory=memory,
        options=options,
        metrics=metrics,
        line=Line(options.turns_at_once, options.turns_waiting),
        linker=linker or TitleLinker(assistant.catalog),
        engine_status=engine_status,
    )
    for router in (
        native.router,
        conversations.router,
        catalog.router,
        people.router,
        openai_chat.router,
        operations.router,
    ):
        app.include_router(router)
    add_handlers(app)
    if options.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", openai_chat.SESSION],
            expose_headers=[openai_chat.SESSION],
        )
    app.add_middleware(Guard, options=options, metrics=metrics)
    return app


def _lifespan(memory: Memory, options: ServerOptions) -> Any:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        pruning = asyncio.create_task(_prune(memory, options.retention_days)) if options.retention_days else None
        yield
        if pruning is not None:
            pruning.cancel()
            with suppress(asyncio.CancelledError):
                await pruning

    return lifespan


async def _prune(memory: Memory, days: float) -> None:
    """Every hour, remove what is older than the retention limit."""
    while True:
        try:
            removed = await asyncio.to_thread(memory.privacy.prune, days)
        except MemoryProblem as problem:
            log.warning("old conversations could not be removed: %s", problem)
        else:
            log.info("%d rows older than %g days removed", removed, days)
        await asyncio.sleep(_HOUR)
