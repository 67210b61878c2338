"""Items that somebody else chose, in the order in which the model would show them to a user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.answers import Recommendations, ScoredItem
from graph.asking import Served, by_assigned_release, either_type, no_such_node, read_with, shown_property
from graph.choice import BEST, Choice
from graph.codes import decode
from graph.database import Database
from graph.errors import NotFoundError
from graph.fold_in import Asking, asking_of, history_params
from graph.question import Question, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema


def rerank(
    database: Database,
    schema: Schema,
    user_id: Any,
    items: Sequence[Any],
    k: int | None = None,
    domain: str | None = None,
    *,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the first ``k`` (None: all) of given items of one domain by the model's score for a user, met or not.

    Items that the release has no vector of, or that are not the tenant's of ``choice``, are left out. For a user whom it does
    not know they are ranked by what the user met since, or, where nothing tells of them, by how popular they are. Of ``choice``
    the scenario counts too, for users of whom its tasks tell: what it weighs is spread among the items that are given.

    Raises:
        SchemaError: the graph has no such domain.
        NotFoundError: the release knows none of the items, the user is not known and nothing was learnt by which to rank, or
            the release does not have what the scenario weighs.
        ReleaseError: nothing is published, or nothing of that domain.
        DatabaseError: Neo4j refused or was lost.
    """
    return database.answer(reranked(served or Served(), schema, user_id, items, k, domain, choice))


def reranked(
    served: Served,
    schema: Schema,
    user_id: Any,
    items: Sequence[Any],
    k: int | None = None,
    domain: str | None = None,
    choice: Choice = BEST,
) -> Question[Recommendations]:
    """Ask what :func:`rerank` answers."""
    item = schema.domain(choice.domain(domain))
    return by_assigned_release(served, lambda release: _rerank(schema, release, item, user_id, items, k, choice), user_id)


def _rerank(
    schema: Schema, release: Release, item: NodeKind, user_id: Any, items: Sequence[Any], k: int | None, choice: Choice
) -> Question[tuple[Recommendations, int | None]]:
    of_history, names_of_history = history_params(schema, release)
    names = {
        "user": schema.user.label,
        "user_key": schema.user.key,
        "item": item.label,
        "item_key": item.key,
        "title": shown_property(item),
        "vector": release.name,
        "norm": release.norm_property,
        **names_of_history,
    }
    blend = choice.blend(release, item)
    told = [] if blend is None else blend.properties
    asked = {"user_ids": either_type(user_id), "items": [either_type(one) for one in items]}
    params = asked | of_history | {"own": told, "told": told}
    tenant = choice.tenant
    read = read_with("recommend/read_vectors_to_rank", params, names, wanted=tenant.items, owned=tenant.users)
    (row,) = yield read
    if not row["ids"]:
        raise NotFoundError(f"release {release.version} knows none of these {len(items)} items as {item.label}; check the ids")
    vectors = decode(np.asarray(row["vectors"], np.float32), release.code, is_indexed=True)
    known = asking_of(release, row)
    asking = _by_popularity(schema, release, user_id, row) if known is None else known
    scores = (vectors @ asking.unit) * np.float32(release.scale * asking.length)
    each = zip(row["ids"], row["titles"], scores.tolist(), strict=True)
    found = [ScoredItem(item_id, title or None, score) for item_id, title, score in each]
    scenario = None
    if blend is not None and blend.knows(row["own"]):
        figures = blend.figures([one.score for one in found], row["own"], row["figures"])
        found, scenario = blend.scored(found, figures, figures), blend.scenario.name
    found = sorted(found, key=lambda one: -one.score)[:k]
    answer = Recommendations(release.version, item.label, known is not None, found, read, asking.num_events, scenario=scenario)
    return answer, row["turn"]


def _by_popularity(schema: Schema, release: Release, user_id: Any, row: Row) -> Asking:
    """Return the vector that ranks by how popular items are, for a user of whom nothing is known."""
    if release.met is None and row["user_id"] is None:
        raise no_such_node([schema.user], user_id)
    if release.met is None:
        raise NotFoundError(
            f"release {release.version} knows nothing of {schema.user.label} {user_id!r}, and not how to rank for new ones; "
            "run `hopline train` and `hopline publish`"
        )
    return Asking(release.met.vector([]), 1.0, 0, is_learnt=False)
