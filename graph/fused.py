"""Two retrievers in one statement: a release's vector index, and its relationships between items; what came of each is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.chosen import Pool
from graph.errors import NotFoundError
from graph.filters import Condition
from graph.question import Dialect, Question, Read, Row
from graph.releases import Release
from graph.releases.record import StoredNeighbours
from graph.schema import NodeKind
from graph.unmet import read_unmet

SHARE = 0.5
"""What the weights of relationships count beside the scores of vectors, each by its largest among the candidates."""
SHARE_BY_EVENTS = 1.0
"""The same beside a vector that is made of events alone, which tells less than one that was learnt."""
MOST_MET = 100
"""Items that a user, or somebody in a session, met last from which relationships are followed."""


def neighbours_in(release: Release) -> StoredNeighbours:
    """Return what a release has between items.

    Raises:
        NotFoundError: it has nothing.
    """
    if release.similar is None:
        raise NotFoundError(
            f"release {release.version} has no relationships between items; set [publish] similar, such as 20, and run "
            "`hopline publish`, or ask for vectors alone"
        )
    return release.similar


def fused_pool(
    dialect: Dialect,
    release: Release,
    item: NodeKind,
    user_ids: Sequence[Any],
    params: Mapping[str, Any],
    names: Mapping[str, Any],
    vector: list[float] | None = None,
    owned: Sequence[Condition] = (),
    share: float = SHARE,
) -> Pool:
    """Return what gives a user's best unmet items of a domain by both retrievers, by ``vector`` where one was made of events.

    ``params`` and ``names`` have what tells of the user's history; ``user_ids`` are ids that may be meant, of users who are as
    ``owned`` says. ``share`` is what relationships count beside vectors.

    Raises:
        NotFoundError: the release has no relationships between items.
    """
    fusing = {"user_ids": list(user_ids), "vector": vector, "zero": release.zero, "met_most": MOST_MET, "share": share}
    more_names = {"vector": release.name, "norm": release.norm_property, "similar": neighbours_in(release).type}
    domain = release.domain(item.label)

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        sized = {**params, **fusing, "k": size}
        statement = "fused_items_by_user"
        named = {**names, **more_names}
        return read_unmet(dialect, statement, domain, sized, named, conditions, told, can_scan=False, owned=owned)

    return pool


def fused_pool_of_items(
    dialect: Dialect, release: Release, item: NodeKind, params: Mapping[str, Any], names: Mapping[str, Any]
) -> Pool:
    """Return what gives the best items of a domain by both retrievers for ``$vector``, which was made of ``$but``.

    Those are ids of items of that domain, the last met last; none of them is given.

    Raises:
        NotFoundError: the release has no relationships between items.
    """
    but = list(dict.fromkeys(reversed(params["but"])))  # the last met first, each once, however often it was looked at
    fusing = {**params, "but": but, "met": but[:MOST_MET], "share": SHARE_BY_EVENTS}
    named, domain = {**names, "similar": neighbours_in(release).type}, release.domain(item.label)

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        sized, statement = fusing | {"k": size}, "fused_items_by_items"
        return read_unmet(dialect, statement, domain, sized, named, conditions, told, len(but), can_scan=False)

    return pool
