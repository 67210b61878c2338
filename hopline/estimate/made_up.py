"""A snapshot of a given shape, made up: nobody's graph, but one that costs as much to learn from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.schema import EdgeKind, NodeKind
from graph.snapshot import Column, EdgeColumns, NodeColumns, Snapshot
from graph.snapshot.rows import numeric_properties, properties_of
from hopline.estimate.shape import GraphShape

_NUM_VALUES = 5  # such as stars
_LATEST = 1_700_000_000  # seconds since 1970
_YEAR_S = 365 * 24 * 3600


def made_up_snapshot(shape: GraphShape, seed: int = 0) -> Snapshot:
    """Return a snapshot with the counts of a shape.

    Properties are drawn from the values that the shape has. A few nodes have most of the relationships, as in graphs of people:
    the share of those at the first x of the nodes is √x.
    """
    rng = np.random.default_rng(seed)
    return Snapshot(
        schema=shape.schema,
        nodes={kind.label: _nodes(kind, shape, rng) for kind in shape.schema.nodes},
        edges={kind.triple: _edges(kind, shape, rng) for kind in shape.schema.edges},
    )


def _nodes(kind: NodeKind, shape: GraphShape, rng: np.random.Generator) -> NodeColumns:
    num_nodes, values = shape.num_nodes[kind.label], shape.values[kind.label]
    numeric = numeric_properties(kind)
    columns: dict[str, Column] = {}
    for name in properties_of(kind):
        if name == kind.key and name != kind.title:
            continue
        sample = values[name] or [None]
        column: list[Any] = [sample[place] for place in rng.integers(0, len(sample), num_nodes)]
        is_numbers = name in numeric and all(value is None or isinstance(value, (int, float)) for value in sample)
        columns[name] = np.asarray([np.nan if v is None else v for v in column], np.float64) if is_numbers else column
    ids: NDArray[Any] = np.arange(num_nodes)
    if any(isinstance(key, str) for key in values[kind.key]):
        width = max(len(str(key)) for key in values[kind.key])
        ids = np.char.zfill(ids.astype(np.str_), max(width, len(str(num_nodes))))
    return NodeColumns(ids, columns)


def _edges(kind: EdgeKind, shape: GraphShape, rng: np.random.Generator) -> EdgeColumns:
    number = shape.num_edges[kind.triple]
    num_targets = shape.num_nodes[kind.target]
    source = _ends(shape.num_nodes[kind.source], number, rng)
    target = _ends(num_targets, number, rng)
    order = np.argsort(source * max(1, num_targets) + target, kind="stable")
    return EdgeColumns(
        source[order],
        target[order],
        None if kind.value is None else rng.integers(1, _NUM_VALUES + 1, number).astype(np.float32),
        None if kind.time is None else rng.integers(_LATEST - _YEAR_S, _LATEST, number),
    )


def _ends(num_nodes: int, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return (num_nodes * rng.random(number) ** 2).astype(np.int64)
