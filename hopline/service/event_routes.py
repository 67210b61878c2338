"""``POST /events``: what users do, into the graph."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Depends, HTTPException, Request

from hopline.service.access import Reach, allowing, asking_tenant
from hopline.service.keys import Scope
from hopline.service.messages import EventsRequest, EventsTaken
from hopline.service.refusals import ANSWERS
from hopline.service.state import State

router = APIRouter(tags=["events"], dependencies=[Depends(allowing(Scope.WRITE, Reach.EACH))], responses=ANSWERS)


@router.post("/events")
async def events(given: EventsRequest, request: Request) -> EventsTaken:
    """Take in events as they happen; when this is answered they are in the graph, each once, however often it is sent."""
    state: State = request.app.state.hopline
    most = state.serve.max_events
    if len(given.events) > most:
        raise HTTPException(422, f"events: got {len(given.events):,}; expected at most {most:,} at once: send them in parts")
    started = time.perf_counter()
    taken = await asyncio.wrap_future(state.events.put(given.events, asking_tenant(request)))
    state.metrics.event_seconds.observe(time.perf_counter() - started)
    for outcome, number in (("new", taken.new), ("repeated", taken.repeated), ("set aside", len(taken.set_aside))):
        state.metrics.events.labels(outcome).inc(number)
    return taken
