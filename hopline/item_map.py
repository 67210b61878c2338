"""Items of a release on a plane: the two directions in which their vectors differ most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gnn.vector_scorer import of_length_one
from graph.embeddings import Embeddings
from graph.snapshot import NodeColumns, Snapshot
from hopline.errors import ConfigError

INTERACTIONS = "interactions"
MOST_VALUES = 9  # that have a colour of their own
OTHER, NONE = "other", "none"


@dataclass(frozen=True, eq=False)
class ItemMap:
    """Items of one domain, ``label``, of release ``version``, a row each: x, y, id, title, interactions, and ``by``.

    ``shares`` are those of the variance of the items' directions that lie along x and along y.
    """

    label: str
    version: int
    by: str
    frame: pl.DataFrame
    shares: tuple[float, float]


def map_items(items: Embeddings, version: int, snapshot: Snapshot, by: str = INTERACTIONS, limit: int = 2_000) -> ItemMap:
    """Return the map of the ``limit`` items of a release that are met most; lengths do not count, only directions.

    ``by`` names what colours them: ``interactions``, or a property that the schema names. Of a property with many values the
    most frequent keep their names; of a list, the first counts.

    Raises:
        ConfigError: a property that the schema does not name, or fewer than three items.
    """
    nodes = snapshot.nodes[items.label]
    known = sorted(nodes.columns)
    if by != INTERACTIONS and by not in nodes.columns:
        raise ConfigError(f"got {by!r} to colour {items.label} by; expected {INTERACTIONS} or one of {', '.join(known)}")
    row_of = {str(node_id): row for row, node_id in enumerate(nodes.ids.tolist())}
    counts = _interactions(snapshot, items.label)
    there = [(place, row_of[str(one)]) for place, one in enumerate(items.ids.tolist()) if str(one) in row_of]
    there = sorted(there, key=lambda pair: (-counts[pair[1]], pair[1]))[:limit]
    if len(there) < 3:
        raise ConfigError(
            f"release {version} has {len(there)} {items.label} that the graph has too; expected at least 3 for a map"
        )
    places, rows = (np.array(part) for part in zip(*there, strict=True))
    points, shares = principal_plane(items.vectors[places])
    title = snapshot.schema.node(items.label).title
    ids = [str(one) for one in items.ids[places].tolist()]
    columns: dict[str, Any] = {
        "x": points[:, 0],
        "y": points[:, 1],
        "id": ids,
        "title": _titles(nodes, title, rows, ids),
        INTERACTIONS: counts[rows],
    }
    if by != INTERACTIONS:
        columns[by] = _values(nodes, by, rows)
    return ItemMap(items.label, version, by, pl.DataFrame(columns), shares)


def principal_plane(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Return where the directions of vectors, float32[n, d], lie in the plane in which they differ most, and how much it holds.

    Shapes: float64[n, 2]; the shares of the variance along its two axes.

    Source: Pearson 1901, On lines and planes of closest fit to systems of points in space (Phil. Mag. 2).
    """
    unit = of_length_one(vectors).astype(np.float64)
    centred = unit - unit.mean(axis=0)
    left, deviation, _ = np.linalg.svd(np.pad(centred, ((0, 0), (0, max(0, 2 - centred.shape[1])))), full_matrices=False)
    points = left[:, :2] * deviation[:2]
    points *= np.where(np.take_along_axis(points, np.abs(points).argmax(axis=0)[None], axis=0) < 0, -1, 1)  # no sign by chance
    total = float(np.square(deviation).sum()) or 1.0
    return points, (float(deviation[0] ** 2) / total, float(deviation[1] ** 2) / total)


def _interactions(snapshot: Snapshot, label: str) -> NDArray[np.int64]:
    counts = np.zeros(len(snapshot.nodes[label].ids), np.int64)
    for kind in snapshot.schema.interactions:
        if kind.target == label and kind.triple in snapshot.edges:
            counts += np.bincount(snapshot.edges[kind.triple].target, minlength=len(counts))
    return counts


def _titles(nodes: NodeColumns, title: str | None, rows: NDArray[np.int64], ids: list[str]) -> list[str]:
    if title is None or title not in nodes.columns:
        return ids
    column = nodes.columns[title]
    return [str(column[row]) if column[row] is not None else one for row, one in zip(rows.tolist(), ids, strict=True)]


def _values(nodes: NodeColumns, by: str, rows: NDArray[np.int64]) -> pl.Series:
    column = nodes.columns[by]
    if isinstance(column, np.ndarray):
        return pl.Series(column[rows]).fill_nan(None)
    found = [column[row] for row in rows.tolist()]
    first = [(value[0] if value else None) if isinstance(value, list) else value for value in found]
    named = [NONE if value is None else str(value) for value in first]
    frequent = {value for value, _ in Counter(named).most_common(MOST_VALUES)}
    return pl.Series([value if value in frequent else OTHER for value in named])
