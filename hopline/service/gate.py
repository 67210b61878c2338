"""What every request passes: it gets an id, its body is bounded, and it is counted and told of."""

from __future__ import annotations

import json
import re
import time
import uuid
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hopline.service.log import tell
from hopline.service.state import State

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNKNOWN_ROUTE = "unknown"


class Gate:
    """ASGI middleware; ``max_body_bytes`` bounds what is read of a body, whatever its head says of its length."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._most = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope["hopline.request_id"] = request_id
        status = 500
        num_bytes = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        async def bounded() -> Message:
            nonlocal num_bytes
            message = await receive()
            if message["type"] == "http.request":
                num_bytes += len(message.get("body", b""))
                if num_bytes > self._most:
                    raise BodyTooLarge
            return message

        try:
            length = headers.get(b"content-length", b"")
            if length.isdigit() and int(length) > self._most:
                await self._refuse(answer, request_id)
            else:
                await self._app(scope, bounded, answer)
        except BodyTooLarge:
            await self._refuse(answer, request_id)
        finally:
            self._tell(scope, request_id, status, time.perf_counter() - started)

    async def _refuse(self, send: Send, request_id: str) -> None:
        text = f"the body is longer than {self._most:,} bytes; send less at once, or raise [serve] max_body_bytes"
        body = json.dumps({"error": text, "request_id": request_id}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    def _tell(scope: dict[str, Any] | Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _UNKNOWN_ROUTE)
        state: State = scope["app"].state.hopline
        state.metrics.requests.labels(route, str(status)).observe(seconds)
        tell(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,
            status=status,
            ms=round(1000 * seconds, 2),
            caller=scope.get("hopline.caller"),
        )


class BodyTooLarge(BaseException):
    """Goes through the application, which would take an ordinary exception for a mistake of its own."""
