"""Items like one item, of its own domain or of another, by the cosine of the active release's vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.answers import Recommendations
from graph.asking import (
    Served,
    by_assigned_release,
    domains_to_look_in,
    either_type,
    no_such_node,
    num_candidates,
    read_by_index,
    read_with,
    shown_property,
)
from graph.choice import BEST, Choice
from graph.chosen import read_chosen
from graph.database import Database
from graph.errors import NotFoundError
from graph.experiments.serving import ask_turn
from graph.filters import Condition
from graph.fused import SHARE, neighbours_in
from graph.question import Dialect, Question, Read, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema
from graph.tenants import Tenant
from graph.unmet import read_enough

CANDIDATES_AN_ANSWER = 4
LEAST_CANDIDATES = 100
"""The index ranks with the extra dimension in; the exact cosine then chooses from so many times ``k``, and no fewer."""


def similar(
    database: Database,
    schema: Schema,
    item_id: Any,
    k: int = 10,
    domain: str | None = None,
    of: str | None = None,
    *,
    user_id: Any = None,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` items whose vectors have the highest cosine with one item's.

    ``of`` names the domain of the item that is asked about; None: the first of the schema that has an item of this id.
    ``domain`` names the one to find items in; None: the same. ``user_id`` tells who asks, by whose release an experiment then
    answers; None: nobody in particular. ``choice`` tells what they must be like. ``served`` remembers what serves from one
    question to the next.

    Raises:
        SchemaError: the graph has no such domain.
        NotFoundError: no such item, or the active release has no vector of it.
        ReleaseError: nothing is published, or nothing of that domain.
    """
    return database.answer(similar_items(served or Served(), database, schema, item_id, k, domain, of, user_id, choice))


def similar_items(
    served: Served,
    dialect: Dialect,
    schema: Schema,
    item_id: Any,
    k: int = 10,
    domain: str | None = None,
    of: str | None = None,
    user_id: Any = None,
    choice: Choice = BEST,
) -> Question[Recommendations]:
    """Ask what :func:`similar` answers."""
    asked = domains_to_look_in(schema, of)
    wanted = None if domain is None else schema.domain(domain)
    return by_assigned_release(served, lambda release: _similar(dialect, release, asked, wanted, item_id, k, choice), user_id)


def _similar(
    dialect: Dialect,
    release: Release,
    asked: Sequence[NodeKind],
    wanted: NodeKind | None,
    item_id: Any,
    k: int,
    choice: Choice,
) -> Question[tuple[Recommendations, int | None]]:
    one, stored_id = yield from _find(release, asked, item_id, choice.tenant)
    item = wanted or one
    domain = release.domain(item.label)
    names = {
        "asked": one.label,
        "asked_key": one.key,
        "item": item.label,
        "item_key": item.key,
        "title": shown_property(item),
        "vector": release.name,
    }
    params: dict[str, Any] = {
        "item_id": stored_id,
        "dimensions": release.dimensions,
        "is_whole": release.is_whole,
        "share": SHARE,
    }
    statement = "items_by_item"
    if choice.asks_to_fuse:
        statement, names["similar"] = "fused_items_by_item", neighbours_in(release).type

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        sized = params | {"k": size}

        def by_index(candidates: int) -> Read:
            asked = sized | {"candidates": candidates}
            return read_by_index(dialect, statement, domain.index, asked, names, conditions, domain.filters, told)

        first = num_candidates(size, max((CANDIDATES_AN_ANSWER - 1) * size, LEAST_CANDIDATES - size) + 1, domain)
        if choice.asks_to_fuse:
            by_scan = by_index(domain.num_items)
        else:
            by_scan = read_with("recommend/scan_items_by_item", sized, names, wanted=conditions, told=told)
        enough = size if conditions else 0  # without conditions too few are left only where there are no more
        return read_enough(enough, first, domain, by_index, by_scan, lambda row: len(row["items"]))

    found, _ = yield from read_chosen(k, choice, release, item, pool)
    return found, (yield from ask_turn())


def _find(release: Release, asked: Sequence[NodeKind], item_id: Any, tenant: Tenant) -> Question[tuple[NodeKind, Any]]:
    """Return the domain of an item and its id as it is stored; one that is not the tenant's is as one that there is not."""
    for item in asked:
        names = {"item": item.label, "item_key": item.key, "vector": release.name}
        found = yield read_with("recommend/read_item", {"item_ids": either_type(item_id)}, names, wanted=tenant.items)
        if not found:
            continue
        if not found[0]["has_vector"]:
            raise NotFoundError(
                f"release {release.version} has no vector of {item.label} {item_id!r}, which is newer than it; run "
                "`hopline train` and `hopline publish`"
            )
        return item, found[0]["id"]
    raise no_such_node(asked, item_id)
