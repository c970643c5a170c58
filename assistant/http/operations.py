"""What operations need: is it alive, is it ready, and how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from assistant.http.auth import Operator
from assistant.http.services import services_of

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """The process can take turns. Without its engine it still does, in degraded mode."""

    status: str
    catalog_items: int
    engine: str
    engine_state: str


@router.get("/healthz")
def healthz() -> Health:
    """Whether the process is alive."""
    return Health()


@router.get("/readyz")
def readyz(request: Request) -> Readiness:
    """Whether turns can be taken: the catalog is open and the database answers."""
    services = services_of(request)
    services.memory.check()
    kind, _, state = services.engine_status()
    status = "ready" if state == "ready" else "degraded"
    return Readiness(status=status, catalog_items=len(services.talk.assistant.catalog), engine=kind, engine_state=state)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request, _caller: Operator) -> Response:
    """Turns, language-model calls and tokens, latencies per step, engine state, in Prometheus' format."""
    return Response(services_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)
