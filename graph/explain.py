"""Why an item for a user: the paths through what they met, what is known, and who else chose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.asking import ask_by_active_release, either_type, interaction_types, shown_property
from graph.database import Database, Row
from graph.errors import NotFoundError
from graph.releases import Release
from graph.schema import EdgeRole, Schema
from graph.sentences import sentence

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
class Explanation:
    """Paths by falling weight, and the same question as a statement for cypher-shell."""

    version: int
    paths: list[Path]
    statement: str


def explain(database: Database, schema: Schema, user_id: Any, item_id: Any, limit: int = 5) -> Explanation:
    """Return at most ``limit`` paths that lead from a user to an item; none, if nothing joins them.

    Raises:
        NotFoundError: no such user or item.
        ReleaseError: nothing is published.
    """
    return ask_by_active_release(database, lambda release: _explain(database, schema, release, user_id, item_id, limit))


def _explain(database: Database, schema: Schema, release: Release, user_id: Any, item_id: Any, limit: int) -> Explanation:
    user, item = schema.user, schema.item
    ends = {"user": user.label, "user_key": user.key, "item": item.label, "item_key": item.key}
    ids = {"user_ids": either_type(user_id), "item_ids": either_type(item_id)}
    (found,) = database.read(load("explain/read_ends"), ids, ends)
    for stored, kind, wanted in ((found["user_id"], user, user_id), (found["item_id"], item, item_id)):
        if stored is None:
            raise NotFoundError(f"there is no {kind.label} whose {kind.key} is {wanted!r}; check the id")
    statement = load("explain/explain_item_by_user")
    params = {
        "user_id": found["user_id"],
        "item_id": found["item_id"],
        "history": MET_ITEMS,
        "people": PEOPLE_AN_ITEM,
        "limit": limit,
        "values": {kind.type: kind.value for kind in schema.interactions if kind.value is not None},
        "titles": {kind.label: shown_property(kind) for kind in schema.nodes},
        "keys": {kind.label: kind.key for kind in schema.nodes},
    }
    social = [kind.type for kind in schema.edges if kind.role is EdgeRole.SOCIAL]
    names: dict[str, Any] = ends | {
        "title": shown_property(item),
        "interactions": interaction_types(schema),
        "knowledge": sorted({kind.type for kind in schema.knowledge}) or _NO_TYPE,
        "social": social or _NO_TYPE,
        "vector": release.name,
    }
    rows = database.read(statement, params, names)
    return Explanation(release.version, [_path(row) for row in rows], statement.inline(params, names))


def _path(row: Row) -> Path:
    nodes = tuple(name for name in (row["met"], row["via"]) if name is not None)
    types = tuple(name for name in (row["first_type"], row["second_type"]) if name is not None)
    return Path(row["kind"], float(row["weight"]), sentence(row), nodes, types)
