"""``GET /health/live``, ``/health/ready`` and ``/metrics``: how the service is, for those who run it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hopline.service.messages import Health
from hopline.service.state import State

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> Health:
    """Tell that the process answers; nothing else is looked at."""
    return Health(status="live")


@router.get("/health/ready", responses={503: {"model": Health, "description": "Neo4j is away, or nothing is published"}})
async def ready(request: Request, response: Response) -> Health:
    """Tell whether Neo4j answers and a release serves, as of two seconds ago at most."""
    state: State = request.app.state.hopline
    if state.why_not_ready is None:
        return Health(status="ready", version=state.standby.version)
    response.status_code = 503
    return Health(status=state.why_not_ready)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}})
async def metrics(request: Request) -> Response:
    """Give latency, items, fallbacks, events, freshness and drift in Prometheus's form; the graph is not asked for it."""
    state: State = request.app.state.hopline
    return Response(state.metrics.text(), media_type="text/plain; version=0.0.4")
