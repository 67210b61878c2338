"""What next for a user: the active release's best items that they have not met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.answers import Recommendations, item_names
from graph.asking import Served, by_assigned_release, either_type
from graph.choice import BEST, Choice
from graph.chosen import Pool, read_chosen
from graph.database import Database
from graph.filters import Condition
from graph.fold_in import ask_by_vector, asking_of, history_params
from graph.fused import fused_pool
from graph.neighbours import Retrieve
from graph.question import Dialect, Question, Read, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema
from graph.unmet import read_all, read_unmet


def recommend(
    database: Database,
    schema: Schema,
    user_id: Any,
    k: int = 10,
    domain: str | None = None,
    *,
    choice: Choice = BEST,
    served: Served | None = None,
) -> Recommendations:
    """Return the ``k`` best items that a user has not met; popular ones, said so, for a user the release does not know.

    They are of one domain, named by its label; None: the default one, or the first of the scenario that ``choice`` names. What
    the user met in other domains tells of them too. Fewer come where fewer are left. ``choice`` tells what they must be like,
    and whose order they are in. ``served`` remembers the release from one question to the next: an answer is then one round
    trip, two for a user who has met most of what the index gave, who did something since, or whom the release does not know.

    Raises:
        SchemaError: the graph has no such domain.
        ReleaseError: nothing is published, or nothing of that domain.
        DatabaseError: Neo4j refused or was lost.
    """
    return database.answer(recommendations(served or Served(), database, schema, user_id, k, domain, choice))


def recommendations(
    served: Served,
    dialect: Dialect,
    schema: Schema,
    user_id: Any,
    k: int = 10,
    domain: str | None = None,
    choice: Choice = BEST,
) -> Question[Recommendations]:
    """Ask what :func:`recommend` answers."""
    item = schema.domain(choice.domain(domain))
    return by_assigned_release(served, lambda release: _by_release(dialect, schema, release, item, user_id, k, choice), user_id)


def recommend_by(
    database: Database,
    schema: Schema,
    release: Release,
    item: NodeKind,
    user_id: Any,
    k: int,
    retrieve: Retrieve = "vectors",
) -> Recommendations:
    """Return what one release, active or not, recommends of a domain to users as it learnt them; else as :func:`recommend`.

    Raises:
        ReleaseError: the release has nothing of that domain.
        NotFoundError: ``retrieve`` is by relationships between items, which it does not have.
        DatabaseError: Neo4j refused or was lost, or the release was taken away.
    """
    choice = Choice(retrieve=retrieve)
    return database.answer(_by_release(database, schema, release, item, user_id, k, choice, as_learnt=True))[0]


def _by_release(
    dialect: Dialect,
    schema: Schema,
    release: Release,
    item: NodeKind,
    user_id: Any,
    k: int,
    choice: Choice,
    *,
    as_learnt: bool = False,
) -> Question[tuple[Recommendations, int | None]]:
    """Ask one release, and for the turn of what served when all was read."""
    domain = release.domain(item.label)
    of_history, names_of_history = history_params(schema, release, as_learnt=as_learnt)
    names = item_names(schema, item) | {"vector": release.name, "norm": release.norm_property} | names_of_history
    blend = choice.blend(release, item)
    of_user = of_history | {"own": [] if blend is None else blend.properties}
    params = {"user_ids": either_type(user_id), "scale": release.scale, "zero": release.zero} | of_user
    owned = choice.tenant.users

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_unmet(dialect, "items_by_user", domain, params | {"k": size}, names, conditions, told, owned=owned)

    def pinned(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_all("recommend/scan_items_by_user", params | {"k": size}, names, conditions, told, owned)

    ask: Pool = pool
    if choice.fuses(release):
        ask = fused_pool(dialect, release, item, either_type(user_id), of_user, names, owned=owned)
    found, row = yield from read_chosen(k, choice, release, item, ask, pinned)
    turn, known_id = row["turn"], row["user_id"]
    if known_id is None:
        return (yield from ask_popular(schema, release, item, None, k, choice)), turn
    if (asking := asking_of(release, row)) is not None:
        asked = ask_by_vector(dialect, schema, release, item, asking, k, user_id=known_id, choice=choice, own=row["own"])
        return (yield from asked)
    if row["norm"]:
        return found, turn
    return (yield from ask_popular(schema, release, item, known_id, k, choice)), turn


def ask_popular(
    schema: Schema, release: Release, item: NodeKind, user_id: Any, k: int, choice: Choice = BEST
) -> Question[Recommendations]:
    """Ask for the ``k`` most popular items of a domain that a user, None: nobody, has not met.

    Of items that must be a certain way too few may be among those that the release has as popular: then all that are so are
    counted. They are in no scenario's order, as no task tells of a user whom a release does not know.
    """
    choice = replace(choice, scenario=None)
    names = item_names(schema, item)
    params = {"user_id": user_id, "ids": [either_type(id_) for id_ in release.domain(item.label).popular]}

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        sized = params | {"k": size}
        read, row = yield from read_all("recommend/read_popular_items", sized, names, conditions, told)
        if conditions and len(row["items"]) < size:
            read, row = yield from read_all("recommend/scan_popular_items", sized, names, conditions, told)
        return read, row

    def pinned(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_all("recommend/scan_popular_items", params | {"k": size}, names, conditions, told)

    found, _ = yield from read_chosen(k, choice, release, item, pool, pinned)
    return replace(found, by_model=False)
