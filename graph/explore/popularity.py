"""Which items are met most, how much of everything falls on them, and how that went over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from cypher import load
from graph.asking import shown_property
from graph.database import Database
from graph.errors import QuestionError
from graph.explore.asked import check_range, find_items
from graph.explore.degrees import read_distribution
from graph.explore.distribution import Distribution
from graph.explore.found import id_column
from graph.schema import NodeKind, Schema

MOST_ITEMS = 10_000
UNITS = ("day", "month", "year")
HEADS = (0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class PopularItem:
    """One item and how many interactions it has."""

    id: Any
    title: str | None
    interactions: int


@dataclass(frozen=True, eq=False)
class Popularity:
    """The most popular items of one label, the first first, and how the interactions spread over all of its items."""

    label: str
    items: tuple[PopularItem, ...]
    distribution: Distribution
    statement: str

    def frame(self) -> pl.DataFrame:
        """Return a row an item: id, title, interactions, and its share of all interactions."""
        total = self.distribution.total or 1
        return pl.DataFrame(
            {
                "id": id_column("id", [item.id for item in self.items]),
                "title": pl.Series([item.title for item in self.items], dtype=pl.String),
                "interactions": pl.Series([item.interactions for item in self.items], dtype=pl.Int64),
                "share": pl.Series([item.interactions / total for item in self.items], dtype=pl.Float64),
            }
        )

    def head_frame(self) -> pl.DataFrame:
        """Return a row a share of the items, the most popular ones: which share of the interactions falls on them."""
        shares = [self.distribution.head(share) for share in HEADS]
        return pl.DataFrame({"top_items": list(HEADS), "interactions": shares})

    def summary(self) -> dict[str, Any]:
        """Return the spread in figures; ``long_tail`` is the number of items beyond those that hold 80 % of everything."""
        spread = self.distribution
        return {
            "items": spread.num_nodes,
            "interactions": spread.total,
            "never_met": spread.num_zero,
            "mean": spread.mean,
            "median": spread.quantile(0.5),
            "gini": spread.gini(),
            "hold_80_percent": spread.head_size(0.8),
            "long_tail": spread.num_nodes - spread.head_size(0.8),
        }


def popularity(database: Database, schema: Schema, label: str | None = None, k: int = 20) -> Popularity:
    """Return the ``k`` items of a label (None: the schema's first item kind) with most interactions, and the whole spread.

    Raises:
        NotFoundError: no item kind has the label.
        QuestionError: ``k`` out of range.
    """
    check_range("k", k, 1, MOST_ITEMS)
    kind = find_items(schema, label)
    spread = interaction_names(schema, kind)
    statement = load("explore/read_top_items")
    names = {**spread, "item_key": kind.key, "title": shown_property(kind)}
    items = [PopularItem(row["id"], row["title"], row["number"]) for row in database.read(statement, {"k": k}, names)]
    distribution = read_distribution(database.read(load("explore/count_items_by_interactions"), {}, spread))
    return Popularity(kind.label, tuple(items), distribution, statement.inline({"k": k}, names))


def popularity_over_time(database: Database, schema: Schema, label: str | None = None, unit: str = "month") -> pl.DataFrame:
    """Return a row a relationship type and period (its first day; None: no usable time): interactions, users, items.

    Raises:
        NotFoundError: no item kind has the label.
        QuestionError: an unknown unit, or no interaction with these items has a time.
    """
    if unit not in UNITS:
        raise QuestionError(f"got the unit {unit!r}; expected one of {', '.join(UNITS)}")
    item = find_items(schema, label)
    rows = []
    timed = [kind for kind in schema.interactions if kind.target == item.label and kind.time is not None]
    if not timed:
        raise QuestionError(f"no interaction with {item.label} has a time; name the property in the schema if there is one")
    for kind in timed:
        names = {"user": schema.user.label, "type": kind.type, "item": item.label, "time": kind.time or ""}
        found = database.read(load("explore/count_interactions_by_period"), {"unit": unit}, names)
        rows += [{"type": kind.type, **row} for row in found]
    frame = pl.DataFrame(
        rows, schema={"type": pl.String, "period": pl.String, **dict.fromkeys(("number", "users", "items"), pl.Int64)}
    )
    return frame.with_columns(pl.col("period").str.to_date("%Y-%m-%d")).rename({"number": "interactions"})


def interaction_names(schema: Schema, item: NodeKind) -> dict[str, Any]:
    """Return the names that statements on the interactions with one kind of items share."""
    types = list(dict.fromkeys(kind.type for kind in schema.interactions if kind.target == item.label))
    return {"item": item.label, "user": schema.user.label, "interactions": types}
