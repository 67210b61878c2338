"""Properties to be foretold: which node has which of a property's categories, as edges to categories outside the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.schema import FeatureType, Schema
from graph.snapshot import Snapshot
from loaders.errors import InputError

EdgeType = tuple[str, str, str]

_FEWEST = 2  # nodes that have a category, for it to be learnt


@dataclass(frozen=True)
class Attribute:
    """Who has what: ``node``, ``category``: int64[m], distinct pairs by node; ``categories``: what the numbers stand for."""

    node: NDArray[np.int64]
    category: NDArray[np.int64]
    categories: tuple[str, ...]

    def of_nodes(self, chosen: NDArray[np.bool_]) -> Attribute:
        """Return the part of chosen nodes, bool[num_nodes]; the categories stay."""
        kept = chosen[self.node]
        return replace(self, node=self.node[kept], category=self.category[kept])


Attributes = Mapping[EdgeType, Attribute]
"""By (label, property, "category")."""


def split_name(name: str, schema: Schema) -> tuple[str, str]:
    """Return the label and property that a name such as ``Item.genres`` stands for.

    Raises:
        InputError: it is not written so, or no such property of categories is declared.
    """
    for kind in schema.nodes:
        label, dot, property_ = name[: len(kind.label)], name[len(kind.label) :][:1], name[len(kind.label) + 1 :]
        if label != kind.label or dot != ".":
            continue
        for feature in kind.features:
            if feature.name == property_ and feature.type in (FeatureType.CATEGORICAL, FeatureType.MULTI):
                return label, property_
    possible = [
        f"{kind.label}.{feature.name}"
        for kind in schema.nodes
        for feature in kind.features
        if feature.type in (FeatureType.CATEGORICAL, FeatureType.MULTI)
    ]
    raise InputError(
        f"[tasks.attribute] of names {name!r}; expected LABEL.PROPERTY with a declared categorical or multi property: the "
        f"graph has {', '.join(possible) or 'none'}"
    )


def read_attributes(snapshot: Snapshot, names: Sequence[str]) -> Attributes:
    """Read the categories of the named properties; those that fewer than two nodes have are left out.

    Raises:
        InputError: a name of no declared property of categories, or one with fewer than two categories to tell apart.
    """
    found: dict[EdgeType, Attribute] = {}
    for name in names:
        label, property_ = split_name(name, snapshot.schema)
        pairs = {
            (node, str(one).strip())
            for node, value in enumerate(snapshot.nodes[label].columns[property_])
            for one in (value if isinstance(value, (list, tuple, np.ndarray)) else [value])
            if one is not None and one == one and str(one).strip()  # noqa: PLR0124 - NaN is not itself
        }
        counts: dict[str, int] = {}
        for _, category in pairs:
            counts[category] = counts.get(category, 0) + 1
        categories = tuple(sorted(category for category, count in counts.items() if count >= _FEWEST))
        if len(categories) < 2:
            raise InputError(
                f"[tasks.attribute] of names {name!r}, which has {len(categories)} categories that two nodes or more have; "
                "expected two categories or more to tell apart: leave it out"
            )
        number = {category: n for n, category in enumerate(categories)}
        rows = sorted((node, number[category]) for node, category in pairs if category in number)
        columns = np.asarray(rows, np.int64)
        found[label, property_, "category"] = Attribute(columns[:, 0], columns[:, 1], categories)
    return found
