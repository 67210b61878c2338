"""Rows brought up to date: what changed is read again by its internal id, and what is no longer there is taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cypher import Statement, load
from graph.database import Database
from graph.schema import NodeKind, Schema
from graph.snapshot.columns import Triple
from graph.snapshot.edges import bare_rows, is_valued, property_names, valued_rows
from graph.snapshot.read import PAGES_AT_ONCE
from graph.snapshot.rows import EdgeRows, InternalIndex, Longs, NodeRows, join_rows, properties_of
from graph.sync.cursor import Changes
from graph.sync.kept import Kept, KeptEdges
from graph.sync.report import Counts
from graph.sync.values import to_text

IDS_A_PAGE, FEWEST_IDS = 5_000, 500  # the server reads some pages at a time, while others are decoded


@dataclass(frozen=True)
class Applied:
    """What is kept now, and what that changed; parts that did not change are the same objects as before."""

    kept: Kept
    nodes: Counts
    edges: Counts


def apply_changes(database: Database, schema: Schema, kept: Kept, changes: Changes) -> Applied:
    """Read again what changed, and return what is kept with it.

    A node that got a label brings all its relationships along, whether or not they changed; one that lost it takes them away.

    Raises:
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
        touched = np.union1d(changes.edges, reader.edges_of(np.unique(np.concatenate(entered))))
        fresh = reader.edges(schema, np.setdiff1d(touched, changes.deleted, assume_unique=True))
        known = {label: InternalIndex(of_label.internal) for label, of_label in nodes.items()}
        edges: dict[Triple, KeptEdges] = {}
        edge_counts = Counts()
        for kind in schema.edges:
            new = fresh[kind.triple]
            is_known = (known[kind.source].find(new.source) >= 0) & (known[kind.target].find(new.target) >= 0)
            gone = left[kind.source], left[kind.target]
            edges[kind.triple], counts = _renew_edges(kept.edges[kind.triple], new.take(is_known), touched, gone)
            edge_counts += counts
    return Applied(Kept(changes.cursor, nodes, edges), node_counts, edge_counts)


class _Reader:
    """Reads by internal ids, some pages at the same time."""

    def __init__(self, database: Database, readers: ThreadPoolExecutor) -> None:
        self._database = database
        self._readers = readers

    def nodes(self, kind: NodeKind, ids: Longs) -> NodeRows:
        """Return those of some nodes that have a label, by ascending internal id."""
        names = properties_of(kind)
        pages = self._pages(load("sync/read_nodes_by_internal_id"), "nodes", ids, {"label": kind.label}, properties=names)
        internal = np.asarray([node for page in pages for node in page["nodes"]], np.int64)
        order = np.argsort(internal)
        columns = ([value for page in pages for value in page["columns"][place]] for place in range(len(names)))
        return NodeRows(
            internal[order], {name: [column[row] for row in order] for name, column in zip(names, columns, strict=True)}
        )

    def edges_of(self, nodes: Longs) -> Longs:
        """Return the relationships that leave or reach some nodes, each once."""
        pages = self._pages(load("sync/read_edges_by_node"), "nodes", nodes)
        return np.unique(np.asarray([edge for page in pages for edge in page["edges"]], np.int64))

    def edges(self, schema: Schema, ids: Longs) -> dict[Triple, EdgeRows]:
        """Return those of some relationships that have a kind's type, whatever their ends."""
        found: dict[Triple, EdgeRows] = {}
        bare = [kind for kind in schema.edges if not is_valued(kind)]
        pages = self._pages(load("sync/read_edges_by_internal_id"), "edges", ids) if bare else []
        by_page = [dict(zip((kind.triple for kind in bare), bare_rows(bare, page), strict=True)) for page in pages]
        for kind in schema.edges:
            if is_valued(kind):
                names = {"type": kind.type, **property_names(kind)}
                pages = self._pages(load("sync/read_valued_edges_by_internal_id"), "edges", ids, names)
                found[kind.triple] = join_rows(kind, [valued_rows(kind, page) for page in pages])
            else:
                found[kind.triple] = join_rows(kind, [page[kind.triple] for page in by_page])
        return found

    def _pages(
        self, statement: Statement, param: str, ids: Longs, names: dict[str, str] | None = None, **params: Any
    ) -> list[dict[str, Any]]:
        number = max(-(-len(ids) // IDS_A_PAGE), min(PAGES_AT_ONCE, len(ids) // FEWEST_IDS))
        pages = np.array_split(ids, max(number, 1)) if len(ids) else []
        reading = [
            self._readers.submit(self._database.read, statement, {param: page.tolist(), **params}, names) for page in pages
        ]
        return [row for future in reading for row in future.result()]


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


def _renew_edges(old: KeptEdges, new: EdgeRows, touched: Longs, left: Sequence[Longs]) -> tuple[KeptEdges, Counts]:
    """Return the relationships of a kind as they are now; ``left`` are nodes that are no longer sources, and targets."""
    goes = np.unique(np.concatenate([_rows_of(old.base_index, touched), _rows_without(old.base, left)]))
    goes = goes[~old.gone[goes]]
    goes_of_new = np.union1d(_rows_of(InternalIndex(old.new.edge), touched), _rows_without(old.new, left))
    before = old.base.take(goes).joined(old.new.take(goes_of_new))
    stayed, row_before, row_after = np.intersect1d(before.edge, new.edge, return_indices=True)
    changed = int(before.take(row_before).differs(new.take(row_after)).sum())
    counts = Counts(len(new) - len(stayed), len(before) - len(stayed), changed)
    if counts == Counts():
        return old, counts
    gone = old.gone.copy()
    gone[goes] = True
    stays = np.ones(len(old.new), np.bool_)
    stays[goes_of_new] = False
    return replace(old, gone=gone, new=old.new.take(stays).joined(new)), counts


def _rows_of(index: InternalIndex, edges: Longs) -> Longs:
    """Return where those of some relationships stand that are there."""
    found = index.find(edges)
    return found[found >= 0]


def _rows_without(rows: EdgeRows, left: Sequence[Longs]) -> Longs:
    """Return the relationships with an end that is no longer one of their kind."""
    found = [np.flatnonzero(np.isin(column, nodes)) for column, nodes in zip((rows.source, rows.target), left, strict=True)]
    return np.concatenate(found)
