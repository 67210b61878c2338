"""Items like one item, by the cosine of the active release's vectors."""

from __future__ import annotations

from typing import Any

from cypher import load
from graph.asking import ask_by_active_release, either_type, num_candidates, shown_property
from graph.database import Database
from graph.errors import NotFoundError
from graph.recommend import Recommendations, scored_items
from graph.releases import Release
from graph.schema import Schema

CANDIDATES_AN_ANSWER = 4
"""The index ranks with the extra dimension in; the exact cosine then chooses from so many times ``k``."""


def similar(database: Database, schema: Schema, item_id: Any, k: int = 10) -> Recommendations:
    """Return the ``k`` items whose vectors have the highest cosine with one item's.

    Raises:
        NotFoundError: no such item, or the active release has no vector of it.
        ReleaseError: nothing is published.
    """
    return ask_by_active_release(database, lambda release: _similar(database, schema, release, item_id, k))


def _similar(database: Database, schema: Schema, release: Release, item_id: Any, k: int) -> Recommendations:
    item = schema.item
    named = {"item": item.label, "item_key": item.key, "vector": release.name}
    found = database.read(load("recommend/read_item"), {"item_ids": either_type(item_id)}, named)
    if not found:
        raise NotFoundError(f"there is no {item.label} whose {item.key} is {item_id!r}; check the id")
    if not found[0]["has_vector"]:
        raise NotFoundError(
            f"release {release.version} has no vector of {item.label} {item_id!r}, which is newer than it; run "
            "`hopline train` and `hopline publish`"
        )
    names: dict[str, str] = named | {"title": shown_property(item)}
    params: dict[str, Any] = {
        "item_id": found[0]["id"],
        "k": k,
        "candidates": num_candidates(CANDIDATES_AN_ANSWER * k, 1, release),
        "dimensions": release.dimensions,
    }
    if database.supports_search:
        statement, names = load("recommend/search_items_by_item"), names | {"index": release.name}
    else:
        statement, params = load("recommend/query_items_by_item"), params | {"index": release.name}
    items = scored_items(database.read(statement, params, names))
    return Recommendations(release.version, True, items, statement.inline(params, names))
