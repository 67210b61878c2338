"""What was shown and then clicked: the loop from an impression to what its user did with the item, closed when either comes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from cypher import load
from graph.behaviours import behaviour_of, default_weight
from graph.database import Run
from graph.events.ready import ReadyEvent
from graph.events.stored_forms import time_property
from graph.schema import EdgeKind, Schema
from graph.snapshot.instants import instant

_Pair = tuple[str | int, str | int]
"""Keys of a user and an item."""


def close_impressions(run: Run, schema: Schema, events: Sequence[ReadyEvent], window_s: float) -> None:
    """Note on impressions what these events tell of clicks, and on the impressions among them what the graph tells of it.

    A click is what a user does with an item, dislikes aside, at most ``window_s`` seconds after they were shown it. To be
    called when all else that the events say is written. An impression that comes after its click has only the latest click of
    its pair and kind to go by.
    """
    liking = [kind for kind in schema.interactions if default_weight(behaviour_of(kind)) > 0]
    clicks: dict[str, list[tuple[_Pair, float]]] = defaultdict(list)
    shown: dict[str, dict[_Pair, None]] = defaultdict(dict)
    for event in events:
        if event.kind is None:
            shown[event.item][event.user_id, event.item_id] = None
        elif event.kind in liking:
            clicks[event.item].append(((event.user_id, event.item_id), event.time))
    for label, pairs in shown.items():
        clicks[label] += _clicks_before(run, schema, label, list(pairs), [kind for kind in liking if kind.target == label])
    for label, of_label in clicks.items():
        if of_label:
            params = {
                "user_ids": [user for (user, _), _ in of_label],
                "item_ids": [item for (_, item), _ in of_label],
                "seconds": [second for _, second in of_label],
                "window_s": window_s,
            }
            run(load("events/close_impressions"), params, pair_names(schema, label))


def pair_names(schema: Schema, label: str) -> dict[str, str]:
    """Return the names by which a statement finds users and the items of one label."""
    return {"user": schema.user.label, "user_key": schema.user.key, "item": label, "item_key": schema.node(label).key}


def _clicks_before(
    run: Run, schema: Schema, label: str, pairs: Sequence[_Pair], kinds: Sequence[EdgeKind]
) -> list[tuple[_Pair, float]]:
    """Return when users did something with items, in seconds, as the graph holds it: of a pair and a kind the latest."""
    if not kinds:
        return []
    times = {kind.type: time_property(kind) for kind in kinds}
    params = {"user_ids": [user for user, _ in pairs], "item_ids": [item for _, item in pairs], "times": times}
    rows = run(load("events/read_times_of_pairs"), params, {**pair_names(schema, label), "types": list(times)})
    found = [(pairs[row["row"]], instant(time)[0]) for row in rows for time in row["times"]]
    return [click for click in found if not math.isnan(click[1])]
