"""All interactions of a snapshot as one numbered list: what splits choose from and training learns from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Triple


@dataclass(frozen=True)
class InteractionLog:
    """n interactions of all kinds, those of the schema's first kind first, each kind by ascending (user, item).

    ``user_index``, ``item_index``: int64[n] into ``user_ids`` and ``item_ids``, which hold external ids; ``value``: float32[n],
    NaN where there is none; ``time``: int64[n] seconds since 1970, or None if no kind has times.
    """

    user_index: NDArray[np.int64]
    item_index: NDArray[np.int64]
    value: NDArray[np.float32]
    time: NDArray[np.int64] | None
    user_ids: NDArray[Any]
    item_ids: NDArray[Any]

    def __len__(self) -> int:
        return len(self.user_index)

    def digest(self) -> str:
        """Return a text that differs as soon as another user met another item, or an id is another."""
        digest = hashlib.blake2b(digest_size=16)
        for column in (self.user_index, self.item_index, self.user_ids, self.item_ids):
            digest.update(column.tobytes())
        return digest.hexdigest()


def rows_by_kind(snapshot: Snapshot, rows: NDArray[np.int64]) -> dict[Triple, NDArray[np.int64]]:
    """Return rows of the log, int64[m], as rows within each kind of interaction."""
    of_kind: dict[Triple, NDArray[np.int64]] = {}
    offset = 0
    for kind in snapshot.schema.interactions:
        size = len(snapshot.edges[kind.triple].source)
        of_kind[kind.triple] = rows[(rows >= offset) & (rows < offset + size)] - offset
        offset += size
    return of_kind


def read_interactions(snapshot: Snapshot) -> InteractionLog:
    """List the interactions of a snapshot."""
    schema = snapshot.schema
    parts = [snapshot.edges[kind.triple] for kind in schema.interactions]
    timed = any(part.time is not None for part in parts)
    return InteractionLog(
        user_index=np.concatenate([part.source for part in parts]),
        item_index=np.concatenate([part.target for part in parts]),
        value=np.concatenate(
            [np.full(len(part.source), np.nan, np.float32) if part.value is None else part.value for part in parts]
        ),
        time=np.concatenate([np.zeros(len(part.source), np.int64) if part.time is None else part.time for part in parts])
        if timed
        else None,
        user_ids=snapshot.nodes[schema.user.label].ids,
        item_ids=snapshot.nodes[schema.item.label].ids,
    )
