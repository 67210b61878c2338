"""Categories, one or several a node → indices into a vocabulary learnt once."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Column
from loaders.features.node_features import PADDING, NodeFeatures
from loaders.features.transform import Transform, is_missing

MIN_NODES = 2  # a category of one node says no more than the embedding that the node has anyway
MAX_CATEGORIES = 10_000  # the most frequent are told apart; what is kept with a release stays bounded
MAX_WIDTH = 64  # categories of one node, the most frequent first
MAX_NAME = 80  # characters; a longer name is cut and told apart by its hash


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


def read_categories(value: Any) -> set[str]:
    """Return the names in a property: one, or those of a list; whole numbers read alike however they are stored."""
    parts = value if isinstance(value, (list, tuple, np.ndarray)) else [value]
    return {_name(part) for part in parts if not is_missing(part)}


def _name(value: Any) -> str:
    name = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if len(name) <= MAX_NAME:
        return name
    return f"{name[:MAX_NAME]}…{hashlib.blake2b(name.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"
