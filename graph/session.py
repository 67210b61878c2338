"""What next in a session: by the items met in it alone, whoever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.answers import Recommendations
from graph.asking import Served, by_assigned_release, either_type, read_with
from graph.choice import BEST, Choice
from graph.database import Database
from graph.errors import NotFoundError
from graph.experiments.serving import ask_turn
from graph.fold_in import ask_by_vector, by_events
from graph.question import Dialect, Question
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
    user_id: Any = None,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` best items, but for those met, for somebody who met ``items``; popular ones, said so, if nothing tells.

    ``of`` names the domain of the items that were met; None: the default one. ``domain`` names the one to find items in; None:
    the same. ``user_id`` tells by whose release an experiment answers, nothing more; None: nobody in particular. ``choice``
    tells what they must be like, and whether neighbours of the items find them, too, where these are of the same domain.

    Raises:
        SchemaError: the graph has no such domain.
        NotFoundError: the graph has none of the items.
        ReleaseError: nothing is published, or nothing of that domain.
        DatabaseError: Neo4j refused or was lost.
    """
    return database.answer(session_items(served or Served(), database, schema, items, k, domain, of, user_id, choice))


def session_items(
    served: Served,
    dialect: Dialect,
    schema: Schema,
    items: Sequence[Any],
    k: int = 10,
    domain: str | None = None,
    of: str | None = None,
    user_id: Any = None,
    choice: Choice = BEST,
) -> Question[Recommendations]:
    """Ask what :func:`session` answers."""
    met = schema.domain(of)
    wanted = met if domain is None else schema.domain(domain)
    return by_assigned_release(
        served, lambda release: _session(dialect, schema, release, met, wanted, items, k, choice), user_id
    )


def _session(
    dialect: Dialect,
    schema: Schema,
    release: Release,
    met: NodeKind,
    item: NodeKind,
    items: Sequence[Any],
    k: int,
    choice: Choice,
) -> Question[tuple[Recommendations, int | None]]:
    names = {"item": met.label, "item_key": met.key, "met": release.met_property}
    params = {"items": [either_type(item_id) for item_id in items]}
    (row,) = yield read_with("recommend/read_met_vectors_by_item", params, names, wanted=choice.tenant.items)
    if items and not row["ids"]:
        raise NotFoundError(f"the graph has none of these {len(items)} items as {met.label} by their {met.key}; check the ids")
    but = row["ids"] if met == item else []
    asking = by_events(release, row["vectors"])
    if asking is not None:
        return (yield from ask_by_vector(dialect, schema, release, item, asking, k, but=but, choice=choice))
    popular = yield from ask_popular(schema, release, item, None, k + len(but), choice)
    found = replace(popular, items=[one for one in popular.items if one.id not in but][:k])
    return found, (yield from ask_turn())
