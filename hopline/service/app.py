"""The application: its routes, what it holds while it runs, and how errors are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from hopline import __version__
from hopline.config import Config
from hopline.service import ask_routes, event_routes, experiment_routes, health_routes, index_routes, refusals, user_routes
from hopline.service.gate import Gate
from hopline.service.state import State

_DESCRIPTION = (
    "Recommendations from the graph, with reasons, and events into it. Every answer comes from one release. Errors are "
    "`{error, request_id}`; the id is also in the header `X-Request-ID`, and one that is sent is kept."
)


def make_app(config: Config, make_state: Callable[[], State]) -> FastAPI:
    """Return the application; ``make_state`` is called when it starts, in the process that will answer."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = make_state()
        app.state.hopline = state
        try:
            await state.start()
            yield
        finally:
            await state.stop()

    app = FastAPI(
        title="Hopline",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        strict_content_type=False,
    )
    refusals.add_to(app)
    for routes in (ask_routes, event_routes, experiment_routes, user_routes, index_routes, health_routes):
        app.include_router(routes.router)
    app.add_middleware(Gate, max_body_bytes=config.serve.max_body_bytes)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
