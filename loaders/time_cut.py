"""Facts and friendships that came about after the moment up to which is learnt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graph.schema import EdgeRole
from graph.snapshot import EdgeColumns, Snapshot
from loaders.clean import RuleCount


def leave_out_later(snapshot: Snapshot, moment: int) -> tuple[Snapshot, RuleCount]:
    """Return the snapshot without what is dated at or after ``moment``, seconds since 1970, and how much that was.

    Interactions are left as they are, as a split has them by row; what has no date is taken as known from the start.
    """
    edges = dict(snapshot.edges)
    dated = dropped = 0
    for kind in snapshot.schema.edges:
        columns = snapshot.edges[kind.triple]
        if kind.role is EdgeRole.INTERACTION or columns.time is None:
            continue
        known = np.flatnonzero(columns.time < moment)
        dated += int((columns.time != 0).sum())
        dropped += len(columns.time) - len(known)
        edges[kind.triple] = EdgeColumns(
            columns.source[known],
            columns.target[known],
            None if columns.value is None else columns.value[known],
            columns.time[known],
        )
    return replace(snapshot, edges=edges), RuleCount("facts and friends after the cut", dated, dropped, 0)
