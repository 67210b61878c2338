"""What the cache keeps of the graph: relationships as rows that stay as they are, and the few that differ from them by now.

Rows that stay need neither be moved nor written again, so that a change costs what it changes, and one pass over the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.snapshot.columns import Triple
from graph.snapshot.rows import EdgeRows, GraphRows, NodeRows, Patch
from graph.sync.cursor import Cursor

LARGEST_PATCH = 0.1  # of the rows that stay; beyond, all are put in order and written anew


@dataclass(frozen=True)
class KeptEdges:
    """The relationships of one kind: a ``base``, in the order of a snapshot, and the ``patch`` by which they differ from it."""

    base: EdgeRows
    patch: Patch

    @classmethod
    def of(cls, rows: EdgeRows) -> KeptEdges:
        """Keep rows as they are."""
        return cls(rows, Patch.none(rows))

    def __len__(self) -> int:
        return len(self.base) + 2 * len(self.patch.new) - len(self.patch)

    @property
    def is_worn(self) -> bool:
        """Whether so many differ from ``base`` that another is due."""
        return len(self.patch) > LARGEST_PATCH * len(self.base)

    def present(self) -> EdgeRows:
        """Return the rows that are not gone."""
        return self.base.take(~self.patch.gone).joined(self.patch.new)


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
        bases = {triple: of_kind.base for triple, of_kind in self.edges.items()}
        return GraphRows(self.nodes, bases, patches={triple: of_kind.patch for triple, of_kind in self.edges.items()})
