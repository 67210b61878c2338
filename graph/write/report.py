"""What a load did, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One kind: rows given, how many were new, and relationships left out because an end is not in the graph."""

    name: str
    rows: int
    created: int
    without_end: int = 0


@dataclass(frozen=True)
class WriteReport:
    """What was written, a line a kind."""

    nodes: tuple[Written, ...]
    edges: tuple[Written, ...]
    seconds: float

    def summary(self) -> str:
        """Return one sentence for people."""
        nodes, edges = sum(part.rows for part in self.nodes), sum(part.rows for part in self.edges)
        new = sum(part.created for part in (*self.nodes, *self.edges))
        lost = sum(part.without_end for part in self.edges)
        kinds = ", ".join(f"{part.rows:,} {part.name}" for part in self.nodes)
        text = f"loaded {nodes:,} nodes ({kinds}) and {edges:,} relationships in {self.seconds:.1f} s; {new:,} were new"
        return text + (f"; {lost:,} relationships were left out, as an end of theirs is not in the graph" if lost else "")
