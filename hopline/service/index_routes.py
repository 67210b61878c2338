"""``GET /index`` and ``POST /index``: what answering needs beside vectors, and work on it in the background."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from fastapi import APIRouter, Depends, HTTPException, Request

from hopline.errors import ReleaseError
from hopline.index import IndexStatus
from hopline.service.access import allowing
from hopline.service.keys import Scope
from hopline.service.messages import ErrorAnswer, Indexes, IndexJob, IndexPart, IndexRequest
from hopline.service.refusals import ANSWERS
from hopline.service.state import State

router = APIRouter(tags=["index"], dependencies=[Depends(allowing(Scope.ADMIN))], responses=ANSWERS)


@router.get("/index")
async def index(request: Request) -> Indexes:
    """Show the constraints, indexes and popular items that answering needs, and how far work on them is."""
    state: State = request.app.state.hopline
    return _message(await asyncio.to_thread(state.index_status))


@router.post("/index", status_code=202, responses={409: {"model": ErrorAnswer, "description": "Somebody else is at work"}})
async def work_on_index(asked: IndexRequest, request: Request) -> Indexes:
    """Begin to mend what is missing, or to build the release that serves anew beside itself; answers go on meanwhile."""
    state: State = request.app.state.hopline
    try:
        await asyncio.to_thread(state.indexes.start, asked.action)
    except ReleaseError as error:
        raise HTTPException(409, str(error)) from error
    return _message(await asyncio.to_thread(state.index_status))


def _message(found: IndexStatus) -> Indexes:
    parts = [
        IndexPart(kind=part.kind, name=part.name, state=part.state, told=part.told, version=part.version)
        for part in found.parts
    ]
    return Indexes(parts=parts, job=None if found.job is None else IndexJob(**asdict(found.job)))
