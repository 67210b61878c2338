"""Errors as answers: a status, a sentence, and the id by which the log tells of the request."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from graph.errors import (
    DatabaseError,
    DatabaseGoneError,
    ExperimentError,
    NotFoundError,
    QuestionError,
    ReleaseError,
    SchemaError,
)
from hopline.errors import HoplineError, OverloadError
from hopline.service.log import tell
from hopline.service.messages import ErrorAnswer

_STATUS: tuple[tuple[type[HoplineError], int], ...] = (
    (NotFoundError, 404),
    (SchemaError, 404),  # a domain or a kind of relationship that the graph does not have
    (QuestionError, 422),
    (ExperimentError, 409),
    (ReleaseError, 503),
    (OverloadError, 503),
    (DatabaseGoneError, 503),
)
_WAIT_S = "1"
_MOST_TOLD = 5

ANSWERS: dict[int | str, dict[str, object]] = {
    400: {"model": ErrorAnswer, "description": "The body is no text of JSON"},
    401: {"model": ErrorAnswer, "description": "No key, or none that is known"},
    403: {"model": ErrorAnswer, "description": "The key does not allow this"},
    413: {"model": ErrorAnswer, "description": "The body is too long"},
    422: {"model": ErrorAnswer, "description": "The request cannot be understood"},
    429: {"model": ErrorAnswer, "description": "Too many requests"},
    500: {"model": ErrorAnswer, "description": "A mistake of the service's own, which its log tells of"},
    503: {"model": ErrorAnswer, "description": "Not now: nothing is published, Neo4j is away, or too much waits"},
}
NOT_FOUND: dict[int | str, dict[str, object]] = {
    404: {
        "model": ErrorAnswer,
        "description": "The graph has no such node, domain or kind of relationship, the configuration no such filter, or the "
        "release nothing of what is asked for",
    }
}
CONFLICT: dict[int | str, dict[str, object]] = {
    409: {
        "model": ErrorAnswer,
        "description": "Not as things are: another experiment runs, a release does not fit, or the shares are not 1 in all",
    }
}


def add_to(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(HoplineError, _hopline_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _mistake)


async def _hopline_error(request: Request, error: Exception) -> JSONResponse:
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        tell("failed", logging.ERROR, error=error, request_id=request.scope.get("hopline.request_id"))
        # What the database says may tell of its inside; the log has it.
        told = "the database refused; the log says why" if isinstance(error, DatabaseError) else str(error)
        return _answer(request, status, told)
    if isinstance(error, DatabaseGoneError):
        request.app.state.hopline.away(error)
        return _answer(request, status, "Neo4j does not answer; ask again in a moment", {"Retry-After": _WAIT_S})
    return _answer(request, status, str(error), {"Retry-After": _WAIT_S} if status == 503 else None)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    told = [f"{'.'.join(map(str, one['loc'][1:])) or 'body'}: {one['msg']}" for one in found[:_MOST_TOLD]]
    more = f"; and {len(found) - _MOST_TOLD} more" if len(found) > _MOST_TOLD else ""
    return _answer(request, 422, "; ".join(told) + more)


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return _answer(request, error.status_code, str(error.detail), error.headers)


async def _mistake(request: Request, error: Exception) -> JSONResponse:
    tell("failed", logging.ERROR, error=error, request_id=request.scope.get("hopline.request_id"))
    return _answer(request, 500, "this is a mistake of the service's own; its log says more under the request's id")


def _answer(request: Request, status: int, told: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = ErrorAnswer(error=told, request_id=request.scope.get("hopline.request_id", ""))
    text = body.model_dump()
    text["error"] = told.encode("utf-8", "replace").decode()
    return JSONResponse(text, status, dict(headers or {}))
