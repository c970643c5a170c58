"""What the routes share, hung on the app."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from assistant.http.metrics import EngineStatus, Metrics
from assistant.http.options import ServerOptions
from assistant.http.streaming import Line
from assistant.http.talk import Talk
from assistant.memory import Memory
from retrieval.titles import TitleLinker


@dataclass(frozen=True, slots=True)
class Services:
    """One app's parts."""

    talk: Talk
    memory: Memory
    options: ServerOptions
    metrics: Metrics
    line: Line
    linker: TitleLinker
    engine_status: EngineStatus


def services_of(request: Request) -> Services:
    """The parts of the app that this request came to."""
    services: Services = request.app.state.services
    return services
