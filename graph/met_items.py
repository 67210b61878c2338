"""What users met, as the graph holds it now, and which of it neighbours are followed from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.asking import interaction_types, liking_types
from graph.database import Database
from graph.events.stored_forms import time_property
from graph.schema import NodeKind, Schema
from graph.snapshot.instants import instant

_USERS_A_PAGE = 2_000


@dataclass(frozen=True)
class MetItem:
    """An item that a user met: by its id, at ``time`` in seconds since 1970, NaN where that is not known.

    ``is_liked`` tells whether that says anything of liking; of two at the same time the one ``made`` later is the later.
    """

    id: Any
    time: float
    is_liked: bool
    made: int


def read_met_items(database: Database, schema: Schema, item: NodeKind, user_ids: Sequence[Any]) -> dict[Any, list[MetItem]]:
    """Return what users met of a domain, by the user's id as the graph has it; nothing of users who met nothing."""
    types = interaction_types(schema, item)
    names = {"user": schema.user.label, "user_key": schema.user.key, "item": item.label, "item_key": item.key, "types": types}
    params = {
        "times": {kind.type: time_property(kind) for kind in schema.interactions if kind.target == item.label},
        "liked": liking_types(schema) or types,
    }
    found: dict[Any, list[MetItem]] = {}
    for start in range(0, len(user_ids), _USERS_A_PAGE):
        page = {"user_ids": list(user_ids[start : start + _USERS_A_PAGE])}
        for row in database.read(load("recommend/read_met_items"), params | page, names):
            found[row["user_id"]] = [
                MetItem(item_id, math.nan if time is None else instant(time)[0], is_liked, made)
                for item_id, time, is_liked, made in row["met"]
            ]
    return found


def last_liked(met: Iterable[MetItem], most: int) -> list[Any]:
    """Return the ids of the ``most`` items that were liked last, the last first: answers follow the neighbours of these."""
    last: dict[Any, tuple[float, int]] = {}
    for one in met:
        if one.is_liked:
            time, made = last.get(one.id, (-math.inf, -1))
            last[one.id] = (max(time, -math.inf if math.isnan(one.time) else one.time), max(made, one.made))
    return sorted(last, key=lambda item_id: last[item_id], reverse=True)[:most]
