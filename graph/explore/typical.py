"""What the items of a community have in common that others lack."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.database import Database
from graph.schema import FeatureType, NodeKind, Schema
from graph.sentences import words

LEAST_SHARE = 0.1
"""A fact or value of fewer of a community's items, or of one item alone, is not typical of it."""


@dataclass(frozen=True)
class Typical:
    """A fact or a property's value that ``number`` items of a community share.

    ``label`` and ``id`` are of the node at the fact's end, None for a value. ``lift``: how many times as often they have it
    as all the items that were divided into communities.
    """

    name: str
    value: str
    label: str | None
    id: Any
    number: int
    share: float
    lift: float

    def __str__(self) -> str:
        """Return the fact in words, with its share and lift."""
        return f"{words(self.name)} {self.value} ({self.share:.0%}, {self.lift:.1f}×)"


def find_typical(
    database: Database, schema: Schema, item: NodeKind, groups: Sequence[Sequence[Any]], shown: Sequence[int], k: int
) -> list[list[Typical]]:
    """Return for the groups ``shown``, by their numbers, the ``k`` facts and values that tell each best from all others.

    Best is the highest number × log(lift): common in the group, rare elsewhere.
    """
    num_items = sum(map(len, groups))
    found: dict[int, list[Typical]] = {number: [] for number in shown}
    for row in _count(database, schema, item, groups):
        size = len(groups[row["group_number"]])
        if row["group_number"] not in found or row["number"] < max(2, LEAST_SHARE * size):
            continue
        share = row["number"] / size
        lift = share / (row["total"] / num_items)
        if lift > 1:
            one = Typical(row["name"], row["value"], row["label"], row["id"], row["number"], share, lift)
            found[row["group_number"]].append(one)
    return [
        sorted(found[number], key=lambda one: (-one.number * math.log(one.lift), one.name, one.value))[:k] for number in shown
    ]


def _count(database: Database, schema: Schema, item: NodeKind, groups: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    names = {"item": item.label, "item_key": item.key}
    params: dict[str, Any] = {"groups": [list(group) for group in groups], "least": 2}
    rows: list[dict[str, Any]] = []
    types = list(dict.fromkeys(kind.type for kind in schema.knowledge if item.label in {kind.source, kind.target}))
    if types:
        ends = {
            "labels": [node.label for node in schema.nodes],
            "keys": {node.label: node.key for node in schema.nodes},
            "titles": {node.label: node.title or node.key for node in schema.nodes},
        }
        facts = database.read(load("explore/count_facts_in_groups"), params | ends, {**names, "knowledge": types})
        rows += [row | {"value": str(row["title"])} for row in facts]
    properties = [one.name for one in item.features if one.type in {FeatureType.CATEGORICAL, FeatureType.MULTI}]
    if properties:
        values = database.read(load("explore/count_values_in_groups"), params | {"properties": properties}, names)
        rows += [row | {"label": None, "id": None} for row in values if row["value"] is not None]
    return rows
