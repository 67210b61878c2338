"""What the server counts anyway: nodes by label, relationships by type and the label of one end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cypher import load
from graph.database import Database
from graph.errors import AccessDeniedError

_OURS = ("Hopline", "_Bloom_")  # labels of Hopline's own nodes, and of Neo4j Bloom's

_OUR_TYPES = "HOPLINE_"  # what was shown to users is none of their doing


@dataclass(frozen=True)
class GraphCounts:
    """Nodes by label; relationships by type, by (type, label they leave) and by (type, label they reach)."""

    nodes: Counter[str]
    num_nodes: int
    types: Counter[str]
    leaving: Counter[tuple[str, str]]
    reaching: Counter[tuple[str, str]]


def read_counts(database: Database) -> GraphCounts:
    """Read the count store; Hopline's own labels and types are left out.

    Raises:
        AccessDeniedError: the user may not ask for it.
        DatabaseGoneError: the connection was lost.
    """
    try:
        (found,) = database.read(load("explore/read_counts"))
    except AccessDeniedError as error:
        raise AccessDeniedError(
            f"{error}. To be read is what the graph holds, by the procedure db.stats.retrieve", error.reason
        ) from error
    nodes: Counter[str] = Counter()
    num_nodes = 0
    for row in found["nodes"]:
        if "label" not in row:
            num_nodes = row["count"]
        elif row["count"] and not row["label"].startswith(_OURS):
            nodes[row["label"]] = row["count"]
    types: Counter[str] = Counter()
    leaving: Counter[tuple[str, str]] = Counter()
    reaching: Counter[tuple[str, str]] = Counter()
    for row in found["relationships"]:
        if "relationshipType" not in row or not row["count"] or row["relationshipType"].startswith(_OUR_TYPES):
            continue
        if "startLabel" in row:
            leaving[row["relationshipType"], row["startLabel"]] = row["count"]
        elif "endLabel" in row:
            reaching[row["relationshipType"], row["endLabel"]] = row["count"]
        else:
            types[row["relationshipType"]] = row["count"]
    return GraphCounts(nodes, num_nodes, types, leaving, reaching)
