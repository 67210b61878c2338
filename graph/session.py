"""What next in a session: by the items met in it alone, whoever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cypher import load
from graph.answers import Recommendations
from graph.asking import Served, by_active_release, either_type, still_serves
from graph.choice import BEST, Choice
from graph.database import Database
from graph.errors import NotFoundError
from graph.fold_in import ask_by_vector, by_events
from graph.question import Dialect, Question, Read
from graph.recommend import ask_popular
from graph.releases import Release
from graph.schema import NodeKind, Schema


def session(
    database: Database,
    schema: Schema,
    items: Sequence[Any],
    k: int = 10,
    domain: str | None = None,
    of: str | None = None,
    *,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` best items, but for those met, for somebody who met ``items``; popular ones, said so, if nothing tells.

    ``of`` names the domain of the items that were met; None: the default one. ``domain`` names the one to find items in; None:
    the same. ``choice`` tells what they must be like.

    Raises:
        SchemaError: the graph has no such domain.
        NotFoundError: the graph has none of the items.
        ReleaseError: nothing is published, or nothing of that domain.
        DatabaseError: Neo4j refused or was lost.
    """
    return database.answer(session_items(served or Served(), database, schema, items, k, domain, of, choice))


def session_items(
    served: Served,
    dialect: Dialect,
    schema: Schema,
    items: Sequence[Any],
    k: int = 10,
    domain: str | None = None,
    of: str | None = None,
    choice: Choice = BEST,
) -> Question[Recommendations]:
    """Ask what :func:`session` answers."""
    met = schema.domain(of)
    wanted = met if domain is None else schema.domain(domain)
    return by_active_release(served, lambda release: _session(dialect, schema, release, met, wanted, items, k, choice))


def _session(
    dialect: Dialect,
    schema: Schema,
    release: Release,
    met: NodeKind,
    item: NodeKind,
    items: Sequence[Any],
    k: int,
    choice: Choice,
) -> Question[Recommendations | None]:
    names = {"item": met.label, "item_key": met.key, "met": release.met_property}
    params = {"items": [either_type(item_id) for item_id in items]}
    (row,) = yield Read(load("recommend/read_met_vectors_by_item"), params, names)
    if items and not row["ids"]:
        raise NotFoundError(f"the graph has none of these {len(items)} items as {met.label} by their {met.key}; check the ids")
    but = row["ids"] if met == item else []
    asking = by_events(release, row["vectors"])
    if asking is not None:
        answer, version = yield from ask_by_vector(dialect, schema, release, item, asking, k, but=but, choice=choice)
        return answer if version == release.version else None
    popular = yield from ask_popular(schema, release, item, None, k + len(but), choice)
    if not (yield from still_serves(release)):
        return None
    return replace(popular, items=[one for one in popular.items if one.id not in but][:k])
