"""All interactions of a snapshot as one numbered list: what splits choose from and training learns from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Triple
from loaders.item_space import ItemSpace


@dataclass(frozen=True)
class InteractionLog:
    """n interactions of all kinds, those of the schema's first kind first, each kind by ascending (user, item).

    ``user_index``: int64[n] into ``user_ids``, external ids; ``item_index``: int64[n] into ``items``, those of all domains in
    the schema's order of item kinds; ``value``: float32[n], NaN where there is none; ``time``: int64[n] seconds since 1970, or
    None if no kind has times.
    """

    user_index: NDArray[np.int64]
    item_index: NDArray[np.int64]
    value: NDArray[np.float32]
    time: NDArray[np.int64] | None
    user_ids: NDArray[Any]
    items: ItemSpace

    def __len__(self) -> int:
        return len(self.user_index)

    def of_rows(self, rows: NDArray[np.int64]) -> InteractionLog:
        """Return some of the interactions, of the same users and items."""
        return replace(
            self,
            user_index=self.user_index[rows],
            item_index=self.item_index[rows],
            value=self.value[rows],
            time=None if self.time is None else self.time[rows],
        )

    def newest_of_pairs(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return, of each pair of a user and an item among some rows, the newest: user by user, what was met last first.

        Without times, those of later rows count as later: which are the newest is a guess then.
        """
        time = np.zeros(len(rows), np.int64) if self.time is None else self.time[rows]
        rows = rows[np.lexsort((-rows, -time, self.user_index[rows]))]
        _, first = np.unique(self.user_index[rows] * len(self.items) + self.item_index[rows], return_index=True)
        newest: NDArray[np.int64] = rows[np.sort(first)]
        return newest

    def digest(self) -> str:
        """Return a text that differs as soon as another user met another item, or an id is another."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(str(self.items.sizes).encode())
        for column in (self.user_index, self.item_index, self.user_ids, *self.items.ids.values()):
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
    items = ItemSpace({kind.label: snapshot.nodes[kind.label].ids for kind in schema.items})
    timed = any(part.time is not None for part in parts)
    return InteractionLog(
        user_index=np.concatenate([part.source for part in parts]),
        item_index=np.concatenate(
            [part.target + items.places[kind.target].start for kind, part in zip(schema.interactions, parts, strict=True)]
        ),
        value=np.concatenate(
            [np.full(len(part.source), np.nan, np.float32) if part.value is None else part.value for part in parts]
        ),
        time=np.concatenate([np.zeros(len(part.source), np.int64) if part.time is None else part.time for part in parts])
        if timed
        else None,
        user_ids=snapshot.nodes[schema.user.label].ids,
        items=items,
    )
