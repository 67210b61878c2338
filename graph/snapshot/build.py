"""Rows by internal ids put in order: nodes numbered by their ids, relationships by their ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.internal_ids import InternalIndex
from graph.schema import NodeKind, Schema
from graph.snapshot.columns import Column, EdgeColumns, NodeColumns, Snapshot, Triple
from graph.snapshot.ids import as_ids, keys_of
from graph.snapshot.order import Ends, Order, order_rows
from graph.snapshot.rows import EdgeRows, GraphRows, NodeRows, Patch, numeric_properties


@dataclass(frozen=True)
class Numbered:
    """Nodes of one label in order, the rows they are of, and where each internal id stands among them."""

    rows: NodeRows
    columns: NodeColumns
    index: InternalIndex


def number_nodes(
    schema: Schema, rows: Mapping[str, NodeRows], numbered: Mapping[str, Numbered] | None = None
) -> dict[str, Numbered]:
    """Return the nodes of each label by ascending id.

    ``numbered`` are nodes numbered before: those of a label whose rows are still the same object are taken as they are.

    Raises:
        SchemaError: two nodes have the same id, or ids are of a kind that no id can be.
    """
    before = numbered or {}
    return {
        node.label: before[node.label]
        if node.label in before and before[node.label].rows is rows[node.label]
        else _number(node, rows[node.label])
        for node in schema.nodes
    }


def find_ends(schema: Schema, edges: Mapping[Triple, EdgeRows], numbered: Mapping[str, Numbered]) -> dict[Triple, Ends]:
    """Return where the ends of each kind's relationships stand among nodes that are numbered."""
    return {kind.triple: _ends(edges[kind.triple], numbered[kind.source], numbered[kind.target]) for kind in schema.edges}


def build_snapshot(
    schema: Schema,
    rows: GraphRows,
    numbered: Mapping[str, Numbered] | None = None,
    ends: Mapping[Triple, Ends] | None = None,
) -> tuple[Snapshot, dict[Triple, Order]]:
    """Return the snapshot, and the order of each kind's relationships: rows kept so are put in order fast.

    Relationships with the same ends stand by ascending time, then value, so that a snapshot depends on what the graph holds and
    never on where. A user or an item without a key is left out of the snapshot and counted, as nobody could ask for it, and so
    are relationships with such an end, which stand before all others; an entity goes by its internal id.

    ``numbered`` are nodes numbered before, as :func:`number_nodes` takes them, and ``ends`` those of some kinds' relationships,
    but for those of patches, among the same nodes, as :func:`find_ends` gives them.

    Raises:
        SchemaError: two nodes have the same id, or ids are of a kind that no id can be.
    """
    found = number_nodes(schema, rows.nodes, numbered)
    nodes = {node.label: found[node.label].columns for node in schema.nodes}
    edges: dict[Triple, EdgeColumns] = {}
    orders: dict[Triple, Order] = {}
    skipped = rows.skipped
    unusable: dict[tuple[Triple, str], int] = {}
    for kind in schema.edges:
        of_kind = rows.edges[kind.triple]
        patch = rows.patches.get(kind.triple, Patch.none(of_kind))
        source, target = found[kind.source], found[kind.target]
        first = (ends or {}).get(kind.triple) or _ends(of_kind, source, target)
        new = _ends(patch.new, source, target)
        order = orders[kind.triple] = order_rows(of_kind, first, patch, new)
        skipped += order.num_keyless
        keyed = order.keyed()
        edges[kind.triple] = EdgeColumns(
            keyed.take(first.source, new.source),
            keyed.take(first.target, new.target),
            _taken(keyed, of_kind.value, patch.new.value),
            _taken(keyed, of_kind.time, patch.new.time),
        )
        for name, *flags in (
            (kind.value, of_kind.no_value, patch.new.no_value),
            (kind.time, of_kind.no_time, patch.new.no_time),
        ):
            if name is not None and (number := _count(keyed, *flags)):
                unusable[kind.triple, name] = number
    return Snapshot(schema, nodes, edges, skipped, unusable), orders


def _ends(rows: EdgeRows, source: Numbered, target: Numbered) -> Ends:
    return Ends.of(source.index.find(rows.source), target.index.find(rows.target), len(target.columns.ids))


def _taken(order: Order, first: NDArray[Any] | None, second: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if first is None or second is None else order.take(first, second)


def _count(order: Order, first: NDArray[np.bool_] | None, second: NDArray[np.bool_] | None) -> int:
    if first is None or second is None or not (first.any() or second.any()):
        return 0
    return int(np.count_nonzero(order.take(first, second)))


def _number(kind: NodeKind, rows: NodeRows) -> Numbered:
    """Return the nodes that have a key."""
    keys = keys_of(kind, rows)
    keyed = [row for row, key in enumerate(keys) if key is not None]
    ids, by_id = as_ids([keys[row] for row in keyed], kind)
    order = np.asarray(keyed, np.int64)[by_id]
    numeric = numeric_properties(kind)
    picked = {
        name: _column([values[row] for row in order], name in numeric)
        for name, values in rows.properties.items()
        if name != kind.key or name == kind.title
    }
    return Numbered(rows, NodeColumns(ids, picked, len(keys) - len(keyed)), InternalIndex(rows.internal[order]))


def _column(values: list[Any], numeric: bool) -> Column:
    if not numeric or not all(value is None or isinstance(value, (int, float)) for value in values):
        return values
    return np.asarray([np.nan if value is None else value for value in values], np.float64)
