"""``DELETE /users/{user}``: a person, out of everything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from graph.events.event import MOST_ID_CHARS
from hopline.service.access import allowing
from hopline.service.keys import Scope
from hopline.service.messages import Erasure
from hopline.service.refusals import ANSWERS, NOT_FOUND
from hopline.service.state import State

router = APIRouter(tags=["users"], dependencies=[Depends(allowing(Scope.ADMIN))], responses={**ANSWERS, **NOT_FOUND})


@router.delete("/users/{user:path}")
async def erase(
    user: Annotated[str, Path(min_length=1, max_length=MOST_ID_CHARS, description="id of the user", examples=["196"])],
    request: Request,
) -> Erasure:
    """Erase a user: node, relationships and vectors of all releases; the receipt tells what was there and what may still be."""
    state: State = request.app.state.hopline
    return Erasure(**asdict(await state.erase(user)))
