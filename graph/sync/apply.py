"""Rows brought up to date: what changed is read again by its internal id, and what is no longer there is taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from cypher import Statement, load
from graph.database import Database
from graph.internal_ids import InternalIndex, Longs, each_once, rows_among, without
from graph.schema import EdgeKind, NodeKind, Schema
from graph.snapshot.build import Numbered, number_nodes
from graph.snapshot.columns import Triple
from graph.snapshot.edges import bare_rows, is_valued, property_names, valued_rows
from graph.snapshot.read import PAGES_AT_ONCE
from graph.snapshot.rows import EdgeRows, NodeRows, Patch, join_rows, properties_of
from graph.sync.cursor import Changes
from graph.sync.kept import Kept, KeptEdges
from graph.sync.report import Counts
from graph.sync.values import to_text

IDS_A_PAGE, FEWEST_IDS = 5_000, 500  # the server reads some pages at a time, while others are decoded


@dataclass(frozen=True)
class Applied:
    """What is kept now, its nodes in order, and what changed; parts that did not change are the same objects as before."""

    kept: Kept
    numbered: dict[str, Numbered]
    nodes: Counts
    edges: Counts


def plan_reading(database: Database, schema: Schema) -> None:
    """Have the server plan how it will read relationships that changed, before it is known which: see ``Database.plan``.

    Raises:
        DatabaseGoneError: the connection was lost.
    """
    for _, statement, names in _statements(schema):
        database.plan(statement, {"page": {"edges": []}}, names)


def apply_changes(
    database: Database, schema: Schema, kept: Kept, numbered: Mapping[str, Numbered], changes: Changes
) -> Applied:
    """Read again what changed, and return what is kept with it; ``numbered`` are the nodes kept before, in order.

    A node that got a label brings all its relationships along, whether or not they changed; one that lost it takes them away.

    Raises:
        SchemaError: a label's ids cannot be told apart, or are of a kind that no id can be.
        DatabaseGoneError: the connection was lost.
    """
    with ThreadPoolExecutor(PAGES_AT_ONCE, "sync") as readers:
        reader = _Reader(database, readers)
        nodes: dict[str, NodeRows] = {}
        left: dict[str, Longs] = {}
        entered: list[Longs] = []
        node_counts = Counts()
        for node in schema.nodes:
            nodes[node.label], came, went, counts = _renew_nodes(reader, node, kept.nodes[node.label], changes.nodes)
            entered.append(came)
            left[node.label] = went
            node_counts += counts
        touched = each_once(np.concatenate([changes.edges, reader.edges_of(each_once(np.concatenate(entered)))]))
        fresh = reader.edges(schema, without(touched, changes.deleted))
        # While the server reads them:
        now_numbered = number_nodes(schema, nodes, numbered)
        known = {label: InternalIndex(of_label.internal) for label, of_label in nodes.items()}
        rests = [_Rest.of(kept.edges[kind.triple], touched, (left[kind.source], left[kind.target])) for kind in schema.edges]
        edges: dict[Triple, KeptEdges] = {}
        edge_counts = Counts()
        for kind, rest, new in zip(schema.edges, rests, fresh(), strict=True):
            is_known = (known[kind.source].find(new.source) >= 0) & (known[kind.target].find(new.target) >= 0)
            edges[kind.triple], counts = _renew_edges(kept.edges[kind.triple], rest, new.take(is_known))
            edge_counts += counts
    return Applied(Kept(changes.cursor, nodes, edges), now_numbered, node_counts, edge_counts)


class _Reader:
    """Reads by internal ids, some pages at the same time."""

    def __init__(self, database: Database, readers: ThreadPoolExecutor) -> None:
        self._database = database
        self._readers = readers

    def nodes(self, kind: NodeKind, ids: Longs) -> NodeRows:
        """Return those of some nodes that have a label, by ascending internal id."""
        names = properties_of(kind)
        pages = self._pages(load("sync/read_nodes_by_internal_id"), "nodes", ids, {"label": kind.label}, properties=names)()
        internal = np.asarray([node for page in pages for node in page["nodes"]], np.int64)
        order = np.argsort(internal)
        columns = ([value for page in pages for value in page["columns"][place]] for place in range(len(names)))
        return NodeRows(
            internal[order], {name: [column[row] for row in order] for name, column in zip(names, columns, strict=True)}
        )

    def edges_of(self, nodes: Longs) -> Longs:
        """Return the relationships that leave or reach some nodes, each once."""
        pages = self._pages(load("sync/read_edges_by_node"), "nodes", nodes)()
        return each_once(np.asarray([edge for page in pages for edge in page["edges"]], np.int64))

    def edges(self, schema: Schema, ids: Longs) -> Callable[[], list[EdgeRows]]:
        """Begin to read some relationships; what is returned waits for those that have a kind's type, whatever their ends."""
        groups = [(kinds, self._pages(statement, "edges", ids, names)) for kinds, statement, names in _statements(schema)]

        def wait() -> list[EdgeRows]:
            found: dict[Triple, list[EdgeRows]] = {kind.triple: [] for kind in schema.edges}
            for kinds, pages in groups:
                for page in pages():
                    parts = [valued_rows(kinds[0], page)] if is_valued(kinds[0]) else bare_rows(kinds, page)
                    for kind, part in zip(kinds, parts, strict=True):
                        found[kind.triple].append(part)
            return [join_rows(kind, found[kind.triple]) for kind in schema.edges]

        return wait

    def _pages(
        self, statement: Statement, ids_of: str, ids: Longs, names: dict[str, str] | None = None, **params: Any
    ) -> Callable[[], list[dict[str, Any]]]:
        """Begin to read by pages of ids; what is returned waits for all."""
        number = max(-(-len(ids) // IDS_A_PAGE), min(PAGES_AT_ONCE, len(ids) // FEWEST_IDS))
        pages = np.array_split(ids, max(number, 1)) if len(ids) else []
        reading = [
            self._readers.submit(self._database.read, statement, {"page": {ids_of: page.tolist()}, **params}, names)
            for page in pages
        ]
        return lambda: [row for future in reading for row in future.result()]


def _statements(schema: Schema) -> Iterator[tuple[list[EdgeKind], Statement, dict[str, str]]]:
    """Yield kinds of relationships that one statement reads by their ids, the statement, and its names."""
    for kind in schema.edges:
        if is_valued(kind):
            yield [kind], load("sync/read_valued_edges_by_internal_id"), {"type": kind.type, **property_names(kind)}
    if bare := [kind for kind in schema.edges if not is_valued(kind)]:
        yield bare, load("sync/read_edges_by_internal_id"), {}


def _renew_nodes(reader: _Reader, kind: NodeKind, old: NodeRows, touched: Longs) -> tuple[NodeRows, Longs, Longs, Counts]:
    """Return the nodes of a label as they are now, internal ids of those that came and went, and how many of what."""
    new = reader.nodes(kind, touched)
    is_touched = np.isin(old.internal, touched)
    before, after = _texts(old, np.flatnonzero(is_touched)), _texts(new, range(len(new.internal)))
    came, went = (np.asarray(sorted(ids), np.int64) for ids in (after.keys() - before.keys(), before.keys() - after.keys()))
    changed = sum(before[node] != text for node, text in after.items() if node in before)
    counts = Counts(len(came), len(went), changed)
    if counts == Counts():
        return old, came, went, counts
    kept = np.flatnonzero(~is_touched)
    internal = np.concatenate([old.internal[kept], new.internal])
    order = np.argsort(internal, kind="stable")
    properties = {}
    for name, values in old.properties.items():
        joined = [values[row] for row in kept] + new.properties[name]
        properties[name] = [joined[row] for row in order]
    return NodeRows(internal[order], properties), came, went, counts


def _texts(rows: NodeRows, some: Iterable[int]) -> dict[int, str]:
    """Return all properties of some nodes as one text each, by internal id."""
    return {int(rows.internal[row]): to_text([values[row] for values in rows.properties.values()]) for row in some}


@dataclass(frozen=True)
class _Rest:
    """What stays of a kind's relationships, as a ``patch`` of the same base, and the others as they were ``before``."""

    patch: Patch
    before: EdgeRows

    @classmethod
    def of(cls, old: KeptEdges, touched: Longs, left: Sequence[Longs]) -> _Rest:
        """Let go of those that were touched, and of those with an end that ``left``: nodes no longer sources, and targets."""
        goes = _rows_going(old.base, touched, left)
        goes = goes[~old.patch.gone[goes]]
        goes_of_new = _rows_going(old.patch.new, touched, left)
        gone = old.patch.gone.copy()
        gone[goes] = True
        stays = np.ones(len(old.patch.new), np.bool_)
        stays[goes_of_new] = False
        before = old.base.take(goes).joined(old.patch.new.take(goes_of_new))
        return cls(Patch(gone, old.patch.new.take(stays)), before)


def _rows_going(rows: EdgeRows, touched: Longs, left: Sequence[Longs]) -> Longs:
    """Return the relationships that were touched, or have an end that is no longer one of their kind."""
    pairs = zip((rows.edge, rows.source, rows.target), (touched, *left), strict=True)
    return each_once(np.concatenate([rows_among(column, ids) for column, ids in pairs]))


def _renew_edges(old: KeptEdges, rest: _Rest, new: EdgeRows) -> tuple[KeptEdges, Counts]:
    """Return the relationships of a kind as they are now: what stays, and new ones as they were read again."""
    before = rest.before
    stayed, row_before, row_after = np.intersect1d(before.edge, new.edge, assume_unique=True, return_indices=True)
    changed = int(np.count_nonzero(before.take(row_before).differs(new.take(row_after))))
    counts = Counts(len(new) - len(stayed), len(before) - len(stayed), changed)
    if counts == Counts():
        return old, counts
    return KeptEdges(old.base, Patch(rest.patch.gone, rest.patch.new.joined(new))), counts
