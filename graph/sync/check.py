"""The difference between the graph and the cache, found by reading all of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from graph.database import Database
from graph.internal_ids import InternalIds, InternalIndex, Longs
from graph.progress import OnStage, silent
from graph.schema import EdgeKind, NodeKind, Schema
from graph.snapshot.ids import keys_of
from graph.snapshot.read import read_rows
from graph.snapshot.rows import GraphRows, NodeRows
from graph.sync.cache import load_version, newest_version, turn
from graph.sync.values import to_text

MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Difference:
    """One kind of nodes or relationships: how many the cache lacks, has too many, or has otherwise than the graph.

    ``examples`` are a few of them, told by their keys.
    """

    name: str
    missing: int
    superfluous: int
    differing: int
    examples: tuple[str, ...]


def check_cache(database: Database, schema: Schema, folder: Path, progress: OnStage = silent) -> list[Difference]:
    """Return what differs between the cache as it stands and the whole graph, by kind; nothing is written.

    Raises:
        CacheError: there is no cache, or one that cannot be used.
        DatabaseGoneError: the connection was lost.
    """
    with turn(folder):
        cached = load_version(newest_version(folder, schema, database.endpoint.database), schema)
    kept = GraphRows(cached.nodes, {triple: edges.present() for triple, edges in cached.edges.items()})
    graph = read_rows(database, schema, progress)
    found = [_of_nodes(kind, kept.nodes[kind.label], graph.nodes[kind.label]) for kind in schema.nodes]
    found += [_of_edges(kind, schema, kept, graph) for kind in schema.edges]
    return [difference for difference in found if difference.missing or difference.superfluous or difference.differing]


def _of_nodes(kind: NodeKind, kept: NodeRows, graph: NodeRows) -> Difference:
    missing, superfluous, row_kept, row_graph = _sides(kept.internal, graph.internal)
    pairs = zip(row_kept.tolist(), row_graph.tolist(), strict=True)
    differing = [(old, new) for old, new in pairs if _properties(kept, old) != _properties(graph, new)]
    in_graph, in_cache = keys_of(kind, graph), keys_of(kind, kept)
    return Difference(
        kind.label,
        len(missing),
        len(superfluous),
        len(differing),
        (
            *_some("missing", (in_graph[row] for row in missing)),
            *_some("superfluous", (in_cache[row] for row in superfluous)),
            *_some("differing", (in_graph[row] for _, row in differing)),
        ),
    )


def _of_edges(kind: EdgeKind, schema: Schema, kept: GraphRows, graph: GraphRows) -> Difference:
    old, new = kept.edges[kind.triple], graph.edges[kind.triple]
    missing, superfluous, row_old, row_new = _sides(old.edge, new.edge)
    is_different = old.take(row_old).differs(new.take(row_new))
    in_graph, in_cache = _teller(kind, schema, graph), _teller(kind, schema, kept)
    return Difference(
        " ".join(kind.triple),
        len(missing),
        len(superfluous),
        int(is_different.sum()),
        (
            *_some("missing", map(in_graph, missing)),
            *_some("superfluous", map(in_cache, superfluous)),
            *_some("differing", map(in_graph, row_new[is_different])),
        ),
    )


def _sides(kept: InternalIds, graph: InternalIds) -> tuple[Longs, Longs, Longs, Longs]:
    """Return rows of the graph that the cache lacks, rows of the cache that the graph lacks, and the rows of both, in pairs."""
    _, row_kept, row_graph = np.intersect1d(kept, graph, assume_unique=True, return_indices=True)
    return (
        np.setdiff1d(np.arange(len(graph)), row_graph, assume_unique=True),
        np.setdiff1d(np.arange(len(kept)), row_kept, assume_unique=True),
        row_kept,
        row_graph,
    )


def _properties(rows: NodeRows, row: int) -> str:
    return to_text([values[row] for values in rows.properties.values()])


def _some(what: str, told: Iterable[Any]) -> list[str]:
    return [f"{what}: {one}" for one in islice(told, MOST_EXAMPLES)]


def _teller(kind: EdgeKind, schema: Schema, rows: GraphRows) -> Callable[[int], str]:
    """Return what tells a relationship, by its row, as the keys of its ends and its value and time."""
    of_kind = rows.edges[kind.triple]
    ends = [
        (InternalIndex(rows.nodes[label].internal), keys_of(schema.node(label), rows.nodes[label]), column)
        for label, column in ((kind.source, of_kind.source), (kind.target, of_kind.target))
    ]

    def tell(row: int) -> str:
        keys = [str(of_label[int(index.find(column[[row]])[0])]) for index, of_label, column in ends]
        parts = [f"{keys[0]} → {keys[1]}"]
        parts += [
            f"{name} {column[row]:g}"
            for name, column in (("value", of_kind.value), ("time", of_kind.time))
            if column is not None
        ]
        return ", ".join(parts)

    return tell
