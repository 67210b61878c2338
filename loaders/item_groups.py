"""Groups that items are of by a property, such as genres, as a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.property_values import read_categories
from graph.schema import FeatureType, NodeKind
from graph.snapshot import Snapshot


@dataclass(frozen=True)
class ItemGroups:
    """``shares``: float64[num_items, num_groups], items of all domains as a log numbers them, 1 for each group of an item.

    ``properties``: the property by item label; groups of two labels are never the same.
    """

    shares: sparse.csr_array
    properties: dict[str, str]


def read_item_groups(snapshot: Snapshot) -> ItemGroups | None:
    """Group the items of each kind by its first feature that lists categories, or else by its first that names one.

    None if an item kind has neither, or no item has any.
    """
    kinds = snapshot.schema.items
    properties = {kind.label: found for kind in kinds if (found := _grouping(kind))}
    if len(properties) < len(kinds):
        return None
    numbers: dict[tuple[str, str], int] = {}
    row: list[int] = []
    column: list[int] = []
    first = 0
    for label, name in properties.items():
        for place, value in enumerate(snapshot.nodes[label].columns[name]):
            for group in sorted(read_categories(value)):
                row.append(first + place)
                column.append(numbers.setdefault((label, group), len(numbers)))
        first += len(snapshot.nodes[label].ids)
    if not numbers:
        return None
    return ItemGroups(sparse.csr_array((np.ones(len(row)), (row, column)), shape=(first, len(numbers))), properties)


def _grouping(kind: NodeKind) -> str | None:
    by_type = {type_: [feature.name for feature in kind.features if feature.type is type_] for type_ in FeatureType}
    return next(iter(by_type[FeatureType.MULTI] + by_type[FeatureType.CATEGORICAL]), None)
