"""What is asked about: nodes, labels and relationship types that are there, and numbers within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cypher import load
from graph.asking import either_type, shown_property
from graph.database import Database
from graph.errors import NotFoundError, QuestionError
from graph.schema import NodeKind, Schema

NEAR_SHOWN = 5
NODES_SCANNED = 100_000  # of which a near match to a mistaken id is looked for


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number out of bounds.

    Raises:
        QuestionError: it is lower than ``low`` or higher than ``high``.
    """
    if not low <= value <= high:
        raise QuestionError(f"got {name} {value!r}; expected {low:g} to {high:g}")


def find_kind(schema: Schema, label: str) -> NodeKind:
    """Return the node kind of a label.

    Raises:
        NotFoundError: the schema has no such label.
    """
    for kind in schema.nodes:
        if kind.label == label:
            return kind
    raise NotFoundError(f"there is no label {label!r}; the graph has {', '.join(repr(kind.label) for kind in schema.nodes)}")


def find_items(schema: Schema, label: str | None) -> NodeKind:
    """Return the item kind of a label; None: the first one.

    Raises:
        NotFoundError: no item kind has the label.
    """
    for kind in schema.items:
        if label in {None, kind.label}:
            return kind
    raise NotFoundError(f"{label!r} is no label of items; they are {', '.join(repr(kind.label) for kind in schema.items)}")


def find_types(schema: Schema, types: Sequence[str] | None) -> list[str]:
    """Return relationship types, each once; None: all of the schema's.

    Raises:
        NotFoundError: the schema has no such type.
    """
    known = list(dict.fromkeys(kind.type for kind in schema.edges))
    for type_ in types or ():
        if type_ not in known:
            raise NotFoundError(f"there is no relationship type {type_!r}; the graph has {', '.join(map(repr, known))}")
    return known if types is None else list(dict.fromkeys(types))


def find_node(database: Database, schema: Schema, label: str, node_id: Any) -> tuple[NodeKind, Any]:
    """Return the kind of a node and its id as it is stored.

    Raises:
        NotFoundError: no such label, or no node of it with this id; near ones are named.
    """
    kind = find_kind(schema, label)
    names = {"label": kind.label, "key": kind.key}
    found = database.read(load("explore/find_node"), {"ids": either_type(node_id)}, names)
    if found:
        return kind, found[0]["id"]
    near = database.read(
        load("explore/find_near_nodes"),
        {"text": str(node_id), "scanned": NODES_SCANNED, "limit": NEAR_SHOWN},
        names | {"title": shown_property(kind)},
    )
    hint = "check the id"
    if near:
        hint = "near it are " + ", ".join(_told(row) for row in near)
    raise NotFoundError(f"there is no {kind.label} whose {kind.key} is {node_id!r}; {hint}")


def parse_node(schema: Schema, text: str) -> tuple[str, str]:
    """Return label and id of a node written as ``LABEL:ID``, such as ``Item:50``; either may hold colons.

    Raises:
        NotFoundError: no label of the schema stands before a colon.
    """
    for kind in sorted(schema.nodes, key=lambda kind: -len(kind.label)):
        if text.startswith(f"{kind.label}:"):
            return kind.label, text.removeprefix(f"{kind.label}:")
    labels = ", ".join(repr(kind.label) for kind in schema.nodes)
    raise NotFoundError(f"got {text!r}; expected LABEL:ID, such as {schema.nodes[0].label}:1, with a label among {labels}")


def _told(row: dict[str, Any]) -> str:
    title = row["title"]
    return repr(row["id"]) if title is None or title == str(row["id"]) else f"{row['id']!r} ({title})"
