"""Whom to suggest to a user: the active release's best users whom they have no tie with yet, and who are as wanted."""

from __future__ import annotations

from typing import Any

from graph.answers import Recommendations, ScoredItem
from graph.asking import (
    Served,
    by_assigned_release,
    either_type,
    is_narrowing,
    no_such_node,
    num_candidates,
    read_by_index,
    read_with,
    shown_property,
)
from graph.choice import BEST, Choice
from graph.database import Database
from graph.errors import NotFoundError, ReleaseError, SchemaError
from graph.experiments.serving import ask_turn
from graph.question import Dialect, Question, Read
from graph.releases import Release
from graph.schema import Schema
from graph.social import leaving_and_reaching
from graph.unmet import read_enough


def people(
    database: Database,
    schema: Schema,
    user_id: Any,
    k: int = 10,
    *,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` best users for a user, but for oneself and those whom they have: friends, or whom they follow.

    Who follows the user, and is not followed back, may be among them; who blocked the user, or was blocked, is not. ``choice``
    tells what they must be like: see :func:`graph.choice.people_choice`.

    Raises:
        SchemaError: the graph has no relationship between users.
        NotFoundError: no such user, or the active release has no vector of them.
        ReleaseError: nothing is published, or nothing by which to suggest people.
    """
    return database.answer(people_for(served or Served(), database, schema, user_id, k, choice))


def people_for(
    served: Served, dialect: Dialect, schema: Schema, user_id: Any, k: int = 10, choice: Choice = BEST
) -> Question[Recommendations]:
    """Ask what :func:`people` answers."""
    if not schema.social:
        raise SchemaError(
            f"the graph has no relationship between two {schema.user.label} nodes, by which people could be suggested; load "
            'some, such as friends, or declare them in [graph_schema] of hopline.toml with role = "social"'
        )
    return by_assigned_release(served, lambda release: _people(dialect, schema, release, user_id, k, choice), user_id)


def _people(
    dialect: Dialect, schema: Schema, release: Release, user_id: Any, k: int, choice: Choice
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
    found = yield read_with("recommend/read_user_asking", {"user_ids": either_type(user_id)}, names, owned=choice.tenant.users)
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
    names |= {"title": shown_property(user), "asked_vector": index.vector}
    conditions = choice.conditions

    def by_index(candidates: int) -> Read:
        wide = params | {"candidates": candidates}
        return read_by_index(dialect, "people", index.index, wide, names, conditions, index.filters)

    first = num_candidates(k, found[0]["num_known"] + 1, index)
    by_scan = read_with("recommend/scan_people", params, names, wanted=conditions)
    enough = 0 if all(is_narrowing(dialect, one, index.filters) for one in conditions) else k
    read, row = yield from read_enough(enough, first, index, by_index, by_scan, lambda row: len(row["items"]))
    items = [ScoredItem(user_id, title, score) for user_id, title, score in row["items"]]
    return Recommendations(release.version, user.label, True, items, read), (yield from ask_turn())
