"""The service's log: a JSON object a line on standard error. It names requests, not people: no ids of users, no bodies."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

LOGGER = logging.getLogger("hopline.service")


class _AsJson(logging.Formatter):
    """One object a record: when, how grave, what, and what was given as ``extra={"told": {…}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def start_log() -> None:
    """Write what the service and the web server tell as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    for logger in (LOGGER, logging.getLogger("uvicorn")):
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)


def tell(event: str, level: int = logging.INFO, *, error: BaseException | None = None, **told: Any) -> None:
    """Write a line: what happened, and values by name."""
    LOGGER.log(level, event, extra={"told": told}, exc_info=error)
