"""What is around a node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.database import Database
from graph.explore.asked import check_range, find_node, find_types
from graph.explore.found import HIDDEN, Found, FoundNode, FoundReader
from graph.schema import Schema

MOST_HOPS = 3
MOST_A_NODE = 1_000
MOST_RELATIONSHIPS = 5_000
"""More are never returned, whatever the depth and limit."""


@dataclass(frozen=True, eq=False)
class Neighbourhood(Found):
    """What is around ``centre``, which has ``degree`` relationships of the kinds asked for, shown or not.

    ``hops`` says how far away each node is, by the relationships that are shown.
    """

    centre: FoundNode
    degree: int
    hops: dict[tuple[str, Any], int]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        found = super().as_dict()
        for node in found["nodes"]:
            node["hop"] = self.hops[node["label"], node["id"]]
        return {"centre": list(self.centre.name), "degree": self.degree, **found}


def neighbourhood(
    database: Database,
    schema: Schema,
    label: str,
    node_id: Any,
    depth: int = 1,
    limit: int = 25,
    types: Sequence[str] | None = None,
) -> Neighbourhood:
    """Return what is at most ``depth`` hops (1 to 3) from a node, in either direction of the relationships.

    From each node at most ``limit`` relationships of each role (interactions, social, knowledge) are followed, or of each of
    ``types`` where those are given; the first by type and by the key at the other end. At most ``MOST_RELATIONSHIPS`` come.

    Raises:
        NotFoundError: no such node, label or type.
        QuestionError: depth or limit out of range.
    """
    check_range("depth", depth, 1, MOST_HOPS)
    check_range("limit", limit, 1, MOST_A_NODE)
    wanted = find_types(schema, types)
    kind, stored_id = find_node(database, schema, label, node_id)
    params = {
        "id": stored_id,
        "depth": depth,
        "groups": _by_role(schema) if types is None else [[type_] for type_ in wanted],
        "limit": limit,
        "most": MOST_RELATIONSHIPS,
        "labels": [node.label for node in schema.nodes],
        "keys": {node.label: node.key for node in schema.nodes},
        "hidden": HIDDEN,
    }
    names = {"label": kind.label, "key": kind.key, "types": wanted}
    statement = load("explore/read_neighbourhood")
    (row,) = database.read(statement, params, names)
    reader = FoundReader(schema)
    found = {node["element"]: reader.node(node) for node in row["nodes"]}
    centre = found[row["centre"]]
    pairs = [(one.source.name, one.target.name) for one in map(reader.relationship, row["relationships"])]
    return Neighbourhood(
        nodes=reader.nodes,
        relationships=reader.relationships,
        statement=statement.inline(params, names),
        centre=centre,
        degree=row["degree"],
        hops=_hops(centre.name, pairs),
    )


def _by_role(schema: Schema) -> list[list[str]]:
    roles: dict[str, dict[str, None]] = {}
    for kind in schema.edges:
        roles.setdefault(kind.role.value, {})[kind.type] = None
    return [list(types) for types in roles.values()]


def _hops(centre: tuple[str, Any], pairs: list[tuple[tuple[str, Any], tuple[str, Any]]]) -> dict[tuple[str, Any], int]:
    beside: dict[tuple[str, Any], set[tuple[str, Any]]] = {centre: set()}
    for source, target in pairs:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    hops = {centre: 0}
    frontier = [centre]
    while frontier:
        reached = {name for node in frontier for name in beside[node]} - hops.keys()
        hops |= dict.fromkeys(reached, hops[frontier[0]] + 1)
        frontier = list(reached)
    return hops
