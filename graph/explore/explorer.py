"""All questions of exploration about one graph, in one place for people to find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from graph.database import Database
from graph.describe import Description, describe
from graph.explore.communities import Communities, communities
from graph.explore.degrees import Degrees, degrees
from graph.explore.neighbourhood import Neighbourhood, neighbourhood
from graph.explore.paths import Paths, paths
from graph.explore.popularity import Popularity, popularity, popularity_over_time
from graph.schema import Schema


class Explorer:
    """Asks one database, whose shape is ``schema``. It only reads. Labels and types are those of the schema."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self.database = database
        self.schema = schema

    def describe(self) -> Description:
        """Count what the graph holds of each kind; ``mermaid()`` of the answer draws it."""
        return describe(self.database, self.schema)

    def neighbourhood(
        self, label: str, node_id: Any, depth: int = 1, limit: int = 25, types: Sequence[str] | None = None
    ) -> Neighbourhood:
        """Return what is around a node; see :func:`graph.explore.neighbourhood.neighbourhood`."""
        return neighbourhood(self.database, self.schema, label, node_id, depth, limit, types)

    def paths(
        self,
        source: tuple[str, Any],
        target: tuple[str, Any],
        length: int = 4,
        k: int = 5,
        types: Sequence[str] | None = None,
    ) -> Paths:
        """Return the best paths between two nodes, each a (label, id); see :func:`graph.explore.paths.paths`."""
        return paths(self.database, self.schema, source, target, length, k, types)

    def degrees(self, types: Sequence[str] | None = None) -> Degrees:
        """Return how many relationships nodes have, by kind and side; see :func:`graph.explore.degrees.degrees`."""
        return degrees(self.database, self.schema, types)

    def popularity(self, label: str | None = None, k: int = 20) -> Popularity:
        """Return the items with most interactions, and how these spread; see :func:`graph.explore.popularity.popularity`."""
        return popularity(self.database, self.schema, label, k)

    def popularity_over_time(self, label: str | None = None, unit: str = "month") -> pl.DataFrame:
        """Return interactions by period; see :func:`graph.explore.popularity.popularity_over_time`."""
        return popularity_over_time(self.database, self.schema, label, unit)

    def communities(
        self,
        label: str | None = None,
        by: str | None = None,
        limit: int = 10,
        num_items: int = 5_000,
        neighbours: int = 10,
        resolution: float = 1.0,
        seed: int = 0,
    ) -> Communities:
        """Return communities of items that are alike; see :func:`graph.explore.communities.communities`."""
        return communities(self.database, self.schema, label, by, limit, num_items, neighbours, resolution, seed)
