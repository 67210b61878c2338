"""Turn node properties into arrays a model can read: numbers standardised, categories as indices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.schema import FeatureType, NodeKind
from graph.snapshot import NodeColumns

PADDING = 0  # category index that stands for "no category here"


@dataclass(frozen=True)
class NodeFeatures:
    """Input features of the n nodes of one label.

    ``numeric``: float32[n, f], each number standardised to mean 0, deviation 1 (a missing one is 0) beside a column
    that is 1 where it was missing. ``categories``: int64[n, w], indices into ``vocabulary``, padded with 0.
    ``vocabulary``: ``(property, value)`` of each category index; entry 0 is the padding.
    """

    numeric: NDArray[np.float32]
    categories: NDArray[np.int64]
    vocabulary: tuple[tuple[str, str], ...]


def encode_features(kind: NodeKind, columns: NodeColumns) -> NodeFeatures:
    """Encode the declared features of one label; columns of the result follow the order of declaration."""
    num_nodes = len(columns.ids)
    numeric: list[NDArray[np.float32]] = []
    vocabulary: list[tuple[str, str]] = [("", "")]
    category_rows: list[list[int]] = [[] for _ in range(num_nodes)]
    for feature in kind.features:
        values = columns.columns[feature.name]
        if feature.type is FeatureType.NUMERIC:
            numeric.extend(_standardise(np.asarray(values, dtype=np.float64)))
            continue
        per_node = [_as_categories(value) for value in values]
        names = sorted({name for row in per_node for name in row})
        index_of = {name: len(vocabulary) + position for position, name in enumerate(names)}
        vocabulary.extend((feature.name, name) for name in names)
        for row, found in zip(category_rows, per_node, strict=True):
            row.extend(index_of[name] for name in found)
    return NodeFeatures(
        numeric=np.stack(numeric, axis=1) if numeric else np.zeros((num_nodes, 0), np.float32),
        categories=_pad(category_rows),
        vocabulary=tuple(vocabulary),
    )


def _standardise(values: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    missing = ~np.isfinite(values)
    known = values[~missing]
    centre = known.mean() if known.size else 0.0
    deviation = known.std() if known.size else 0.0
    scaled = np.where(missing, 0.0, (values - centre) / (deviation if deviation > 0 else 1.0))
    columns = [scaled.astype(np.float32)]
    if missing.any():
        columns.append(missing.astype(np.float32))
    return columns


def _as_categories(value: object) -> list[str]:
    if isinstance(value, (list, tuple, np.ndarray)):
        return [str(part) for part in value]
    return [] if value is None or value == "" or value != value else [str(value)]  # noqa: PLR0124 - NaN


def _pad(rows: list[list[int]]) -> NDArray[np.int64]:
    width = max((len(row) for row in rows), default=0)
    padded = np.full((len(rows), width), PADDING, np.int64)
    for position, row in enumerate(rows):
        padded[position, : len(row)] = row
    return padded
