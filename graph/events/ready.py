"""An event as it will be written: the relationship, its ends and its properties in the graph's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.schema import EdgeKind


@dataclass(frozen=True, slots=True)
class ReadyEvent:
    """What one event will do to the graph.

    ``kind`` None: an impression, which is no interaction. ``event_id`` None: it has neither an id nor a time, and nothing could
    tell it from another. ``time``: seconds since 1970. ``properties``: of the relationship; None takes one away. ``facts``:
    kind, and the key of the entity. ``tenant`` None: the operator's, which may be about anything.
    """

    event_id: str | None
    kind: EdgeKind | None
    user_id: str | int
    item: str
    item_id: str | int
    time: float
    properties: dict[str, Any]
    user_properties: dict[str, Any]
    item_properties: dict[str, Any]
    facts: tuple[tuple[EdgeKind, str | int], ...]
    tenant: str | None = None
