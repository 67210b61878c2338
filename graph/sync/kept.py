"""What the cache keeps of the graph: relationships as rows that stay as they are, and the few that differ from them by now.

Rows that stay need neither be moved nor written again, so that a change costs what it changes, and one pass over the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.snapshot.columns import Triple
from graph.snapshot.rows import EdgeRows, GraphRows, InternalIndex, NodeRows
from graph.sync.cursor import Cursor

LARGEST_PATCH = 0.1  # of the rows that stay; beyond, all are put in order and written anew


@dataclass(frozen=True)
class KeptEdges:
    """The relationships of one kind: ``base`` without those rows that are ``gone``, bool[m], and ``new`` ones."""

    base: EdgeRows
    gone: NDArray[np.bool_]
    new: EdgeRows

    @classmethod
    def of(cls, rows: EdgeRows) -> KeptEdges:
        """Keep rows as they are."""
        return cls(rows, np.zeros(len(rows), np.bool_), rows.take(slice(0, 0)))

    @cached_property
    def base_index(self) -> InternalIndex:
        """Where relationships stand in ``base``."""
        return InternalIndex(self.base.edge)

    def __len__(self) -> int:
        return len(self.base) - int(self.gone.sum()) + len(self.new)

    @property
    def is_patched(self) -> bool:
        """Whether they differ from ``base``."""
        return bool(len(self.new) or self.gone.any())

    @property
    def is_worn(self) -> bool:
        """Whether so many differ from ``base`` that another is due."""
        return len(self.new) + int(self.gone.sum()) > LARGEST_PATCH * len(self.base)

    def joined(self) -> tuple[EdgeRows, NDArray[np.bool_]]:
        """Return all rows, the new ones last, and which of them are gone."""
        return self.base.joined(self.new), np.append(self.gone, np.zeros(len(self.new), np.bool_))

    def present(self) -> EdgeRows:
        """Return the rows that are not gone."""
        return self.base.take(~self.gone).joined(self.new)


@dataclass(frozen=True)
class Kept:
    """All that is kept, and the point in the store's history that it is not older than."""

    cursor: Cursor
    nodes: dict[str, NodeRows]
    edges: dict[Triple, KeptEdges]

    def __len__(self) -> int:
        return sum(len(rows.internal) for rows in self.nodes.values()) + sum(map(len, self.edges.values()))

    def rows(self) -> GraphRows:
        """Return the graph as it is kept, to be put in order."""
        edges = {triple: of_kind.base for triple, of_kind in self.edges.items()}
        gone = {}
        for triple, of_kind in self.edges.items():
            if of_kind.is_patched:
                edges[triple], gone[triple] = of_kind.joined()
        return GraphRows(self.nodes, edges, gone=gone)
