"""Categories, one or several a node → indices into a vocabulary learnt once."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graph.property_values import read_categories
from graph.snapshot import Column
from loaders.features.node_features import PADDING, NodeFeatures
from loaders.features.transform import Transform

MIN_NODES = 2  # a category of one node says no more than the embedding that the node has anyway
MAX_CATEGORIES = 10_000  # the most frequent are told apart; what is kept with a release stays bounded
MAX_WIDTH = 64  # categories of one node, the most frequent first


class Categorical(Transform):
    """Indexes categories by falling frequency; all the rare ones share the last index.

    A category never seen in fitting is a rare one: its index was learnt from others of its kind. If fitting saw none that is
    rare, that index does not exist, and an unseen category is no category, as a vector nobody learnt would be noise.
    The k categories of a node weigh 1/√k each.
    """

    method: Literal["categorical"] = "categorical"
    names: tuple[str, ...]
    rare: bool
    width: int

    @classmethod
    def fit(cls, column: Column) -> Categorical:
        """Learn the vocabulary and how many categories a node may have."""
        rows = [read_categories(value) for value in column]
        counts = Counter(name for row in rows for name in row)
        ranked = sorted(counts, key=lambda name: (-counts[name], name))
        names = tuple(name for name in ranked[:MAX_CATEGORIES] if counts[name] >= MIN_NODES)
        width = min(max((len(row) for row in rows), default=0), MAX_WIDTH)
        return cls(names=names, rare=len(names) < len(ranked), width=width)

    def transform(self, column: Column) -> NodeFeatures:
        """Return the indices of each node's categories and their weights."""
        rows = [self._indices(value) for value in column]
        weights = [np.full(len(row), 1 / np.sqrt(max(len(row), 1)), np.float32) for row in rows]
        return NodeFeatures.of_categories(rows, weights, self.width, 1 + len(self.names) + self.rare)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.names, 1)}

    def _indices(self, value: Any) -> NDArray[np.int64]:
        unseen = len(self.names) + 1 if self.rare else PADDING
        found = {self._index.get(name, unseen) for name in read_categories(value)} - {PADDING}
        return np.asarray(sorted(found)[: self.width], np.int64)
