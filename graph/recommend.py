"""What next for a user: the active release's best items that they have not met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cypher import Names, load
from graph.asking import ask_by_active_release, either_type, interaction_types, num_candidates, shown_property
from graph.database import Database
from graph.releases import Release
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

    ``domain`` is the items' label. ``by_model`` is False where the release has no vector of the user, and the items are popular
    ones instead.
    """

    version: int
    domain: str
    by_model: bool
    items: list[ScoredItem]
    statement: str


def recommend(database: Database, schema: Schema, user_id: Any, k: int = 10, domain: str | None = None) -> Recommendations:
    """Return the ``k`` best items that a user has not met; popular ones, said so, for a user the release does not know.

    They are of one domain, named by its label; None: the default one. What the user met in other domains tells of them too.
    Fewer come where fewer are left. As many candidates are fetched as the user has met items, and ``k`` more, so that what is
    left after those are taken out is still enough.

    Raises:
        SchemaError: the graph has no such domain.
        ReleaseError: nothing is published, or nothing of that domain.
        DatabaseError: Neo4j refused or was lost.
    """
    item = schema.domain(domain)
    return ask_by_active_release(database, lambda release: recommend_by(database, schema, release, item, user_id, k))


def scored_items(rows: list[dict[str, Any]]) -> list[ScoredItem]:
    """Return rows of id, title and score as items."""
    return [ScoredItem(row["id"], row["title"], float(row["score"])) for row in rows]


def recommend_by(database: Database, schema: Schema, release: Release, item: NodeKind, user_id: Any, k: int) -> Recommendations:
    """Return what one release recommends of a domain, be it active or not; else as :func:`recommend`.

    Raises:
        ReleaseError: the release has nothing of that domain.
        DatabaseError: Neo4j refused or was lost, or the release was taken away.
    """
    user, domain = schema.user, release.domain(item.label)
    names: dict[str, Any] = {
        "user": user.label,
        "user_key": user.key,
        "item": item.label,
        "interactions": interaction_types(schema, item),
        "norm": release.norm_property,
    }
    people = database.read(load("recommend/read_user"), {"user_ids": either_type(user_id)}, names)
    if people:
        user_id = people[0]["id"]
    if not people or not people[0]["norm"]:
        return _popular(database, schema, release, item, user_id, k)
    params: dict[str, Any] = {
        "user_id": user_id,
        "k": k,
        "candidates": num_candidates(k, people[0]["num_met"], domain),
        "scale": release.scale,
    }
    names |= {"item_key": item.key, "title": shown_property(item), "vector": release.name}
    if database.supports_search:
        statement, names = load("recommend/search_items_by_user"), names | {"index": domain.index}
    else:
        statement, params = load("recommend/query_items_by_user"), params | {"index": domain.index}
        del names["item"]
    items = scored_items(database.read(statement, params, names))
    return Recommendations(release.version, item.label, True, items, statement.inline(params, names))


def _popular(database: Database, schema: Schema, release: Release, item: NodeKind, user_id: Any, k: int) -> Recommendations:
    statement = load("recommend/read_popular_items")
    params = {"user_id": user_id, "ids": [either_type(id_) for id_ in release.domain(item.label).popular], "k": k}
    names: Names = {
        "user": schema.user.label,
        "user_key": schema.user.key,
        "item": item.label,
        "item_key": item.key,
        "title": shown_property(item),
        "interactions": interaction_types(schema, item),
    }
    items = scored_items(database.read(statement, params, names))
    return Recommendations(release.version, item.label, False, items, statement.inline(params, names))
