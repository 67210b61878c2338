"""Relationships that leave known nodes, read by pages of columns.

A page's ids are in a map: of a list that is a parameter itself, Neo4j looks at the type of every value, and plans the statement
anew for each order of magnitude of its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cypher import load
from graph.database import Database
from graph.internal_ids import as_internal
from graph.schema import EdgeKind, Schema
from graph.snapshot.numbers import numbers, seconds
from graph.snapshot.rows import EdgeRows


def group_kinds(schema: Schema) -> list[list[EdgeKind]]:
    """Return kinds that one statement can read: those without properties by their ends in the graph, the others alone."""
    groups: list[list[EdgeKind]] = []
    bare: dict[tuple[tuple[str, str], bool], list[EdgeKind]] = {}
    for kind in schema.edges:
        if is_valued(kind):
            groups.append([kind])
            continue
        pair = (kind.stored, kind.reversed)
        if pair not in bare:
            bare[pair] = []
            groups.append(bare[pair])
        bare[pair].append(kind)
    return groups


def read_page(database: Database, kinds: Sequence[EdgeKind], sources: list[int]) -> list[EdgeRows]:
    """Return for each kind of a group the relationships that leave ``sources`` in the graph, internal ids of nodes."""
    if is_valued(kinds[0]):
        return [_read_valued(database, kinds[0], sources)]
    return _read_bare(database, kinds, sources)


def is_valued(kind: EdgeKind) -> bool:
    """Whether relationships of this kind have a value or a time."""
    return kind.value is not None or kind.time is not None


def property_names(kind: EdgeKind) -> dict[str, str]:
    """Return the names of value and time for a statement: of a kind that has only one of the two, that one is read twice."""
    return {"value": kind.value or kind.time or "", "time": kind.time or kind.value or ""}


def valued_rows(kind: EdgeKind, page: dict[str, list[Any]]) -> EdgeRows:
    """Return a page of columns as rows: ``edges``, ``sources``, ``targets``, ``values`` and ``times``, NaN where missing."""
    edge, source, target = (as_internal(page[name]) for name in ("edges", "sources", "targets"))
    rows = EdgeRows(edge, source, target)
    if kind.value is not None:
        value, no_value = numbers(page["values"])
        rows = replace(rows, value=value.astype(np.float32), no_value=no_value)
    if kind.time is not None:
        time, no_time = seconds(page["times"])
        rows = replace(rows, time=np.nan_to_num(time).astype(np.int64), no_time=no_time)
    return _as_learnt(kind, rows)


def bare_rows(kinds: Sequence[EdgeKind], page: dict[str, list[Any]]) -> list[EdgeRows]:
    """Return the rows of each kind's type of a page of columns: ``edges``, ``sources``, ``targets`` and ``types``."""
    number = {name: position for position, name in enumerate(dict.fromkeys(kind.type for kind in kinds))}
    of_type = np.asarray([number.get(name, -1) for name in page["types"]], np.int64)
    order = np.argsort(of_type, kind="stable")  # at once, as there may be thousands of types
    cuts = np.searchsorted(of_type[order], np.arange(len(number) + 1))
    edge, source, target = (as_internal(page[name])[order] for name in ("edges", "sources", "targets"))
    rows = EdgeRows(edge, source, target)
    parts = [rows.take(slice(*cuts[place : place + 2])) for place in range(len(number))]
    return [_as_learnt(kind, parts[number[kind.type]]) for kind in kinds]


def _as_learnt(kind: EdgeKind, stored: EdgeRows) -> EdgeRows:
    """Return rows with the ends as the graph has them in the direction that the kind is learnt in."""
    return replace(stored, source=stored.target, target=stored.source) if kind.reversed else stored


def _read_valued(database: Database, kind: EdgeKind, sources: list[int]) -> EdgeRows:
    leaving, reaching = kind.stored
    (page,) = database.read(
        load("snapshot/read_valued_edges"),
        {"page": {"sources": sources}},
        {"source": leaving, "type": kind.type, "target": reaching, **property_names(kind)},
    )
    return valued_rows(kind, page)


def _read_bare(database: Database, kinds: Sequence[EdgeKind], sources: list[int]) -> list[EdgeRows]:
    leaving, reaching = kinds[0].stored
    (page,) = database.read(
        load("snapshot/read_bare_edges"),
        {"page": {"sources": sources}, "types": [kind.type for kind in kinds]},
        {"source": leaving, "target": reaching},
    )
    return bare_rows(kinds, page)
