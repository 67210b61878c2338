"""Whom to suggest to a user: the active release's best users whom they have no tie with yet."""

from __future__ import annotations

from typing import Any

from cypher import load
from graph.answers import Recommendations, scored_items
from graph.asking import (
    Served,
    by_assigned_release,
    either_type,
    enough,
    no_such_node,
    read_by_index,
    shown_property,
)
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError, SchemaError
from graph.experiments.serving import ask_turn
from graph.question import Dialect, Question, Read
from graph.releases import Release
from graph.schema import Schema
from graph.social import leaving_and_reaching


def people(database: Database, schema: Schema, user_id: Any, k: int = 10, *, served: Served | None = None) -> Recommendations:
    """Return the ``k`` best users for a user, but for oneself and those whom they have: friends, or whom they follow.

    Who follows the user, and is not followed back, may be among them; who blocked the user, or was blocked, is not.

    Raises:
        SchemaError: the graph has no relationship between users.
        NotFoundError: no such user, or the active release has no vector of them.
        ReleaseError: nothing is published, or nothing by which to suggest people.
    """
    return database.answer(people_for(served or Served(), database, schema, user_id, k))


def people_for(served: Served, dialect: Dialect, schema: Schema, user_id: Any, k: int = 10) -> Question[Recommendations]:
    """Ask what :func:`people` answers."""
    if not schema.social:
        raise SchemaError(
            f"the graph has no relationship between two {schema.user.label} nodes, by which people could be suggested; load "
            'some, such as friends, or declare them in [graph_schema] of hopline.toml with role = "social"'
        )
    return by_assigned_release(served, lambda release: _people(dialect, schema, release, user_id, k), user_id)


def _people(
    dialect: Dialect, schema: Schema, release: Release, user_id: Any, k: int
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
    found = yield Read(load("recommend/read_user_asking"), {"user_ids": either_type(user_id)}, names)
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
        "candidates": enough(k, found[0]["num_known"] + 1, index.search_widths, index.num_people),
        "scale": index.scale,
    }
    read = read_by_index(dialect, "people", index.index, params, names | {"title": shown_property(user)})
    items = scored_items((yield read))
    return Recommendations(release.version, user.label, True, items, read), (yield from ask_turn())
