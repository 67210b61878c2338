"""Forget the ids of old events, which are kept so that each event is taken in once."""

from __future__ import annotations

import time

from cypher import load
from graph.database import Database
from graph.progress import OnStage, silent

_NS_A_DAY = 86_400 * 10**9
_IDS_A_BATCH = 20_000


def forget_events(database: Database, keep_days: float, progress: OnStage = silent) -> int:
    """Forget the ids of events that were taken in more than ``keep_days`` days ago; return how many.

    What the events said stays. Cut off, it can be called again; events may be taken in meanwhile.

    Raises:
        DatabaseError: the user may not write, or the server was lost.
    """
    params = {"before_ns": time.time_ns() - round(keep_days * _NS_A_DAY), "limit": _IDS_A_BATCH}
    total = 0
    while number := int(database.write(load("events/forget_events"), params)[0]["forgotten"]):
        total += number
        progress("forgetting ids of old events", total, 0)
    return total
