"""Why an item for a user: the paths through what they met, what is known, and who else chose it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.asking import (
    Answer,
    Served,
    by_assigned_release,
    domains_to_look_in,
    either_type,
    liking_types,
    no_such_node,
    read_with,
    shown_property,
)
from graph.database import Database
from graph.experiments.serving import ask_turn
from graph.question import Question, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema
from graph.sentences import sentence
from graph.tenants import OPERATOR, Tenant

MET_ITEMS = 50  # of what the user met, the most alike; bounds the work for people with long histories
PEOPLE_AN_ITEM = 1000  # people who met one of those that are asked whether they also met the item
_NO_TYPE = ["HOPLINE_NO_SUCH_TYPE"]  # stands where a graph has no such relationships; matches nothing


@dataclass(frozen=True)
class Path:
    """One reason. ``kind`` is fact, shared, people or friends; ``nodes`` and ``types`` are the path, user and item left out.

    ``weight``, at most 1 and comparable within an explanation: how like the met item is to the explained one by the release's
    vectors, times how much the user liked it (its value over their highest of that kind; 0 for a negative one), times how
    telling the link is (a fact 1; an entity 1 / log10(10 + its degree); people the cosine of the two items' audiences). That of
    n friends is n / (n + 1). The n-th path through one entity, or of one kind if it has none, tells less, and is divided by n.
    A path of weight 0 is left out.
    """

    kind: str
    weight: float
    sentence: str
    nodes: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Explanation(Answer):
    """Paths by falling weight, and the same question as a statement for cypher-shell."""

    version: int
    paths: list[Path]
    statement: str


def explain(
    database: Database,
    schema: Schema,
    user_id: Any,
    item_id: Any,
    limit: int = 5,
    domain: str | None = None,
    *,
    tenant: Tenant = OPERATOR,
    served: Served | None = None,
) -> Explanation:
    """Return at most ``limit`` paths that lead from a user to an item; none, if nothing joins them.

    What the user met in any domain can be a reason. ``domain`` names that of the item; None: the first of the schema that has
    an item of this id. Items and people that are not the ``tenant``'s are no reason, nor asked about.

    Raises:
        SchemaError: the graph has no such domain.
        NotFoundError: no such user or item.
        ReleaseError: nothing is published.
    """
    return database.answer(explanation(served or Served(), schema, user_id, item_id, limit, domain, tenant))


def explanation(
    served: Served,
    schema: Schema,
    user_id: Any,
    item_id: Any,
    limit: int = 5,
    domain: str | None = None,
    tenant: Tenant = OPERATOR,
) -> Question[Explanation]:
    """Ask what :func:`explain` answers."""
    domains = domains_to_look_in(schema, domain)
    return by_assigned_release(
        served, lambda release: _explain(schema, release, domains, user_id, item_id, limit, tenant), user_id
    )


def _explain(
    schema: Schema,
    release: Release,
    domains: Sequence[NodeKind],
    user_id: Any,
    item_id: Any,
    limit: int,
    tenant: Tenant,
) -> Question[tuple[Explanation, int | None]]:
    ends, found = yield from _find_ends(schema.user, domains, user_id, item_id, tenant)
    params = found | {
        "history": MET_ITEMS,
        "people": PEOPLE_AN_ITEM,
        "limit": limit,
        "reach": release.grid.reach if release.is_whole and release.grid is not None else None,
        "values": {
            met.label: {kind.type: kind.value for kind in schema.interactions if kind.target == met.label and kind.value}
            for met in schema.items
        },
        "titles": {kind.label: shown_property(kind) for kind in schema.nodes},
        "keys": {kind.label: kind.key for kind in schema.nodes},
    }
    social = [kind.type for kind in schema.social]
    names: dict[str, Any] = ends | {
        "items": [met.label for met in schema.items],
        "interactions": liking_types(schema) or _NO_TYPE,
        "knowledge": sorted({kind.type for kind in schema.knowledge}) or _NO_TYPE,
        "social": social or _NO_TYPE,
        "all": sorted({kind.type for kind in schema.edges}),
        "vector": release.name,
    }
    read = read_with("explain/explain_item_by_user", params, names, wanted=tenant.items, owned=tenant.users)
    rows = yield read
    explained = Explanation(release.version, [_path(row) for row in rows], read.inline())
    return explained, (yield from ask_turn())


def _find_ends(
    user: NodeKind, domains: Sequence[NodeKind], user_id: Any, item_id: Any, tenant: Tenant
) -> Question[tuple[dict[str, str], dict[str, Any]]]:
    """Return the names of both ends, and their ids as they are stored."""
    ids = {"user_ids": either_type(user_id), "item_ids": either_type(item_id)}
    for item in domains:
        ends = {"user": user.label, "user_key": user.key, "item": item.label, "item_key": item.key}
        (found,) = yield read_with("explain/read_ends", ids, ends, wanted=tenant.items, owned=tenant.users)
        if found["user_id"] is None:
            raise no_such_node([user], user_id)
        if found["item_id"] is not None:
            return ends, found
    raise no_such_node(domains, item_id)


def _path(row: Row) -> Path:
    nodes = tuple(name for name in (row["met"], row["via"]) if name is not None)
    types = tuple(name for name in (row["first_type"], row["second_type"]) if name is not None)
    return Path(row["kind"], float(row["weight"]), sentence(row), nodes, types)
