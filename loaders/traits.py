"""Which values of users' properties are told apart, where users are recommended to whom no training has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.property_values import read_categories
from graph.schema import Feature, FeatureType
from graph.snapshot import Column, NodeColumns
from graph.traits import TraitGroup, trait_rows
from loaders.features.numeric import read_numbers

LEAST_USERS = 5  # that have a value; fewer tell of themselves, and not of others like them
MOST_CATEGORIES = 30  # of a property, the most frequent
MOST_VALUES = 300  # of all properties; those that come first in the schema
BINS = 7  # that numbers are put into, of about as many users each

_CATEGORICAL = (FeatureType.CATEGORICAL, FeatureType.MULTI)


def trait_groups(users: NodeColumns, features: Collection[Feature]) -> list[TraitGroup]:
    """Return the properties among ``features`` by which users can be told apart, and how: categories and numbers alone."""
    found = [_group(feature, users.columns[feature.name]) for feature in features if feature.name in users.columns]
    groups = [group for group in found if group is not None and group.size > 1]
    total = np.cumsum([group.size for group in groups])
    return [group for group, up_to in zip(groups, total, strict=True) if up_to <= MOST_VALUES]


def read_traits(users: NodeColumns, groups: Sequence[TraitGroup]) -> sparse.csr_array:
    """Return what users are, float32[num_users, sizes of all groups]."""
    return trait_rows(groups, [users.columns[group.name] for group in groups])


def _group(feature: Feature, column: Column) -> TraitGroup | None:
    if feature.type in _CATEGORICAL:
        counts = Counter(name for value in column for name in read_categories(value))
        ranked = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CATEGORIES]
        return TraitGroup(feature.name, categories=tuple(name for name in ranked if counts[name] >= LEAST_USERS))
    if feature.type == FeatureType.NUMERIC:
        numbers = read_numbers(column)
        numbers = numbers[~np.isnan(numbers)]
        return TraitGroup(feature.name, edges=_edges(numbers))
    return None


def _edges(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    """Return edges between bins of about as many numbers each, none of fewer than ``LEAST_USERS``."""
    kept, below = [], 0
    for edge in np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS)).tolist() if len(numbers) else ():
        smaller = int((numbers < edge).sum())
        if smaller - below >= LEAST_USERS and len(numbers) - smaller >= LEAST_USERS:
            kept.append(edge)
            below = smaller
    return tuple(kept)
