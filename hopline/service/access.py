"""Who asks, for which tenant, and whether they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from math import ceil
from typing import Annotated
from urllib.parse import unquote

from fastapi import Header, HTTPException, Request, Security
from fastapi.security import APIKeyHeader

from graph.tenants import MOST_NAME_CHARS, tenant_of
from hopline.service.keys import Key, Scope
from hopline.service.state import State

_HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="made by `hopline keys add`; none is needed while there are none"
)
TENANT_HEADER = "X-Tenant"
_Tenant = Annotated[
    str | None,
    Header(
        alias=TENANT_HEADER,
        max_length=12 * MOST_NAME_CHARS,
        description="name of a tenant of [ask.tenants], percent-encoded, for whom the operator asks; a tenant's key says it",
    ),
]
NOBODY = "nobody"


class Reach(Enum):
    """Whose a route is: ``EACH``, every tenant's within what is theirs; ``OPERATOR``, of those who see all."""

    EACH = "each tenant"
    OPERATOR = "the operator"


def allowing(scope: Scope, reach: Reach = Reach.OPERATOR) -> Callable[..., Awaitable[None]]:
    """Return a dependency that lets through who has a key of a scope, is within reach and has not asked too often.

    While there are no keys, whoever reaches the service is the operator.
    """

    async def check(request: Request, given: str | None = Security(_HEADER), x_tenant: _Tenant = None) -> None:
        state: State = request.app.state.hopline
        key = None if state.keys.is_open else _key(state, given, scope)
        tenant = _named(key, x_tenant)
        if tenant is not None and reach is Reach.OPERATOR:
            raise HTTPException(403, "this is about all tenants; ask with a key of the operator's, and name no tenant")
        if tenant is not None and state.config.ask.tenants is None:
            raise HTTPException(
                403, "this is for a tenant, by its key or header, and [ask.tenants] of hopline.toml declares none"
            )
        if tenant is not None:
            tenant_of(tenant, state.config.ask.tenants, state.schema)
        caller = NOBODY if key is None else key.name
        request.scope["hopline.caller"] = caller
        request.scope["hopline.tenant"] = tenant
        wait_s = state.rate.wait_s(caller)
        if wait_s:
            raise HTTPException(429, f"too many requests; wait {wait_s:.1f} s", {"Retry-After": str(ceil(wait_s))})

    return check


def asking_tenant(request: Request) -> str | None:
    """Return for which tenant a request that was let through is; None: for the operator."""
    tenant: str | None = request.scope["hopline.tenant"]
    return tenant


def _key(state: State, given: str | None, scope: Scope) -> Key:
    if given is None:
        raise HTTPException(401, "no key was sent; send one as the header X-API-Key", {"WWW-Authenticate": "ApiKey"})
    key = state.keys.find(given)
    if key is None:
        raise HTTPException(401, "there is no such key; see `hopline keys`", {"WWW-Authenticate": "ApiKey"})
    if not key.allows(scope):
        raise HTTPException(403, f"this key does not allow {scope.value!r}; ask for one that does")
    return key


def _named(key: Key | None, header: str | None) -> str | None:
    """Return the tenant of a request: that of its key, whatever else it says is refused; or the one that an operator names."""
    named = None if header is None else unquote(header)
    if key is None or key.tenant is None:
        return named
    if named not in {None, key.tenant}:
        raise HTTPException(403, f"this key is of one tenant; leave out the header {TENANT_HEADER}")
    return key.tenant
