"""Whom to suggest to a user: the active release's best users whom they have no tie with yet."""

from __future__ import annotations

from typing import Any

from graph.answers import Recommendations, scored_items
from graph.asking import (
    Served,
    by_assigned_release,
    either_type,
    enough,
    no_such_node,
    read_by_index,
    read_with,
    shown_property,
)
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError, SchemaError
from graph.experiments.serving import ask_turn
from graph.question import Dialect, Question
from graph.releases import Release
from graph.schema import Schema
from graph.social import leaving_and_reaching
from graph.tenants import OPERATOR, Tenant

_TIMES_WIDER = 8


def people(
    database: Database,
    schema: Schema,
    user_id: Any,
    k: int = 10,
    *,
    tenant: Tenant = OPERATOR,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` best users for a user, but for oneself and those whom they have: friends, or whom they follow.

    Who follows the user, and is not followed back, may be among them; who blocked the user, or was blocked, is not. All are the
    ``tenant``'s.

    Raises:
        SchemaError: the graph has no relationship between users.
        NotFoundError: no such user, or the active release has no vector of them.
        ReleaseError: nothing is published, or nothing by which to suggest people.
    """
    return database.answer(people_for(served or Served(), database, schema, user_id, k, tenant))


def people_for(
    served: Served, dialect: Dialect, schema: Schema, user_id: Any, k: int = 10, tenant: Tenant = OPERATOR
) -> Question[Recommendations]:
    """Ask what :func:`people` answers."""
    if not schema.social:
        raise SchemaError(
            f"the graph has no relationship between two {schema.user.label} nodes, by which people could be suggested; load "
            'some, such as friends, or declare them in [graph_schema] of hopline.toml with role = "social"'
        )
    return by_assigned_release(served, lambda release: _people(dialect, schema, release, user_id, k, tenant), user_id)


def _people(
    dialect: Dialect, schema: Schema, release: Release, user_id: Any, k: int, tenant: Tenant
) -> Question[tuple[Recommendations, int | None]]:
    user, index = schema.user, release.people
    if index is None:
        raise ReleaseError(
            f"release {release.version} cannot suggest people, as its training learnt no ties between them; ask for that by a "
            "section [tasks.people] in hopline.toml, which may be empty, then run `hopline train` and `hopline publish`"
        )
    names: dict[str, Any] = {
        "user": user.label,
        "user_key": user.key,
        "social": [kind.type for kind in schema.social],
        "asking_vector": index.asking_vector,
    }
    found = yield read_with("recommend/read_user_asking", {"user_ids": either_type(user_id)}, names, owned=tenant.users)
    if not found:
        raise no_such_node([user], user_id)
    if not found[0]["has_vector"]:
        raise NotFoundError(
            f"release {release.version} knows nothing of {user.label} {user_id!r} by which to suggest people: they are newer "
            "than it, or have neither a tie nor an interaction; run `hopline train` and `hopline publish` once they have"
        )
    leaving, reaching = leaving_and_reaching(schema)
    params: dict[str, Any] = {
        "user_id": found[0]["id"],
        "leaving": leaving,
        "reaching": reaching,
        "k": k,
        "scale": index.scale,
    }
    names["title"] = shown_property(user)
    candidates = enough(k, found[0]["num_known"] + 1, index.search_widths, index.num_people)
    while True:
        wide = params | {"candidates": candidates}
        read = read_by_index(dialect, "people", index.index, wide, names, owned=tenant.users)
        items = scored_items((yield read))
        if len(items) >= k or candidates >= index.num_people or not tenant.users:
            break
        candidates = min(_TIMES_WIDER * candidates, index.num_people)  # most that it gave may be others'
    return Recommendations(release.version, user.label, True, items, read), (yield from ask_turn())
