"""What a synchronisation says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from graph.snapshot.columns import Snapshot


class SyncKind(str, Enum):
    """How much of the graph was read."""

    FULL = "full"
    INCREMENTAL = "incremental"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Counts:
    """How many nodes or relationships came, went, or have other properties or ends than before."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.added + other.added, self.removed + other.removed, self.changed + other.changed)


@dataclass(frozen=True)
class SyncReport:
    """How much was read, and what of it, among what the schema names, was new; ``why`` all was read, or empty."""

    kind: SyncKind
    why: str
    nodes: Counts
    edges: Counts
    seconds: float

    def summary(self) -> str:
        """Return one sentence for people."""
        if self.kind is SyncKind.FULL:
            read = f"{self.nodes.added:,} nodes and {self.edges.added:,} relationships"
            return f"read the whole graph, {read}, in {self.seconds:.2f} s: {self.why}"
        if self.kind is SyncKind.UNCHANGED:
            return f"the graph is as it was the last time ({self.seconds:.2f} s)"
        parts = (
            f"{counts.added:,} {name} added, {counts.removed:,} removed, {counts.changed:,} changed"
            for name, counts in (("nodes", self.nodes), ("relationships", self.edges))
        )
        return f"read what changed in {self.seconds:.2f} s: {'; '.join(parts)}"


@dataclass(frozen=True)
class Synced:
    """The graph as it is now, equal to what ``graph.snapshot.read_snapshot`` reads, and how it was come by."""

    snapshot: Snapshot
    report: SyncReport
