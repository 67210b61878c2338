"""What questions for items are answered with, and what all of them name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graph.asking import interaction_types, shown_property
from graph.question import Row
from graph.schema import NodeKind, Schema


@dataclass(frozen=True)
class ScoredItem:
    """One item of an answer; ``title`` is None where the graph has none.

    ``score`` is the model's (see the release's configuration), or for popular items the number of users who chose it.
    """

    id: Any
    title: str | None
    score: float


@dataclass(frozen=True)
class Recommendations:
    """Items of one domain, best first; the release that gave them; and the same question as a statement for cypher-shell.

    ``domain`` is the items' label. ``by_model`` is False where the release has no vector of the user and nothing that they met
    tells of them, and the items are popular ones instead. ``num_events``: of how many events the vector was made that asked,
    None where it was learnt.
    """

    version: int
    domain: str
    by_model: bool
    items: list[ScoredItem]
    statement: str
    num_events: int | None = None


def scored_items(rows: Iterable[Row]) -> list[ScoredItem]:
    """Return rows of id, title and score as items."""
    return [ScoredItem(row["id"], row["title"], float(row["score"])) for row in rows]


def items_of(row: Row) -> list[ScoredItem]:
    """Return the items of an answer that is one row."""
    return [ScoredItem(item_id, title, float(score)) for item_id, title, score in row["items"]]


def item_names(schema: Schema, item: NodeKind) -> dict[str, Any]:
    """Return the names by which a statement finds users and the items of a domain that they met."""
    return {
        "user": schema.user.label,
        "user_key": schema.user.key,
        "item": item.label,
        "item_key": item.key,
        "title": shown_property(item),
        "interactions": interaction_types(schema, item),
    }
