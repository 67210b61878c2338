"""Who asks, and whether they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import ceil

from fastapi import HTTPException, Request, Security
from fastapi.security import APIKeyHeader

from hopline.service.keys import Scope
from hopline.service.state import State

_HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="made by `hopline keys add`; none is needed while there are none"
)
NOBODY = "nobody"


def allowing(scope: Scope) -> Callable[..., Awaitable[None]]:
    """Return a dependency that lets through who has a key of a scope and has not asked too often."""

    async def check(request: Request, given: str | None = Security(_HEADER)) -> None:
        state: State = request.app.state.hopline
        caller = NOBODY
        if not state.keys.is_empty:
            if given is None:
                raise HTTPException(401, "no key was sent; send one as the header X-API-Key", {"WWW-Authenticate": "ApiKey"})
            key = state.keys.find(given)
            if key is None:
                raise HTTPException(401, "there is no such key; see `hopline keys`", {"WWW-Authenticate": "ApiKey"})
            if not key.allows(scope):
                raise HTTPException(403, f"this key does not allow {scope.value!r}; ask for one that does")
            caller = key.name
        request.scope["hopline.caller"] = caller
        wait_s = state.rate.wait_s(caller)
        if wait_s:
            raise HTTPException(429, f"too many requests; wait {wait_s:.1f} s", {"Retry-After": str(ceil(wait_s))})

    return check
