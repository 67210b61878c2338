"""Which values of users' properties are told apart, where users are recommended to whom no training has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np

from graph.property_values import read_categories
from graph.schema import Feature, FeatureType
from graph.snapshot import Column, NodeColumns
from graph.traits import TraitGroup
from loaders.features.numeric import read_numbers

LEAST_USERS = 5  # that have a value; fewer tell of themselves, and not of others like them
MOST_CATEGORIES = 30  # of a property, the most frequent
BINS = 7  # that numbers are put into, of about as many users each

_CATEGORICAL = (FeatureType.CATEGORICAL, FeatureType.MULTI)


def trait_groups(users: NodeColumns, features: Collection[Feature]) -> list[TraitGroup]:
    """Return the properties among ``features`` by which users can be told apart, and how: categories and numbers alone."""
    found = [_group(feature, users.columns[feature.name]) for feature in features if feature.name in users.columns]
    return [group for group in found if group is not None and group.size > 1]


def _group(feature: Feature, column: Column) -> TraitGroup | None:
    if feature.type in _CATEGORICAL:
        counts = Counter(name for value in column for name in read_categories(value))
        ranked = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CATEGORIES]
        return TraitGroup(feature.name, categories=tuple(name for name in ranked if counts[name] >= LEAST_USERS))
    if feature.type == FeatureType.NUMERIC:
        numbers = read_numbers(column)
        numbers = numbers[~np.isnan(numbers)]
        if len(numbers) < BINS * LEAST_USERS:
            return None
        edges = np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS))
        return TraitGroup(feature.name, edges=tuple(edges[edges > numbers.min()].tolist()))
    return None
