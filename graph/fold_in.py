"""What next for whom no training has seen, by what they met: a user who came since, or a session of nobody known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cypher import load
from graph.answers import Recommendations, item_names
from graph.asking import liking_types
from graph.choice import BEST, Choice
from graph.chosen import read_chosen
from graph.codes import as_asked
from graph.filters import Condition
from graph.met_vectors import from_bytes
from graph.question import Dialect, Question, Read, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema
from graph.unmet import read_all, read_unmet

Answer = tuple[Recommendations, int | None]
"""What a release answers, and the version of the one that served when all was read."""


def by_history(
    dialect: Dialect, schema: Schema, release: Release, item: NodeKind, user_id: Any, k: int, choice: Choice = BEST
) -> Question[Answer | None]:
    """Ask for a user whom a release has no vector of, by what they met last and liked, in any domain; None: nothing tells.

    ``user_id`` is as the graph has it.
    """
    met = yield from read_history(schema, release, user_id)
    return (yield from by_events(dialect, schema, release, item, met, k, user_id=user_id, choice=choice))


def read_history(schema: Schema, release: Release, user_id: Any) -> Question[list[bytes]]:
    """Ask for the vectors, as they are stored, of what a user met last and liked; none where the release has none."""
    types = liking_types(schema)
    if release.met is None or not types:
        return []
    names = {"user": schema.user.label, "user_key": schema.user.key, "interactions": types, "met": release.met_property}
    times = {kind.type: kind.time for kind in schema.interactions if kind.time is not None}
    params = {"user_id": user_id, "times": times, "most": round(release.met.most)}
    (row,) = yield Read(load("recommend/read_met_vectors_by_user"), params, names)
    found: list[bytes] = row["vectors"]
    return found


def by_events(
    dialect: Dialect,
    schema: Schema,
    release: Release,
    item: NodeKind,
    met: Sequence[bytes],
    k: int,
    *,
    user_id: Any = None,
    but: Sequence[Any] = (),
    choice: Choice = BEST,
) -> Question[Answer | None]:
    """Ask for whoever met items whose vectors are given as they are stored; neither those in ``but`` nor what the user met.

    None: they tell nothing, or the release does not know how.
    """
    if release.met is None or not met:
        return None
    asking = release.met.vector(from_bytes(met, release.dimensions))
    if not asking.any():
        return None
    params: dict[str, Any] = {
        "user_id": user_id,
        "vector": as_asked(asking, release.code).tolist(),
        "but": list(but),
        "scale": release.scale,
    }
    domain, names = release.domain(item.label), item_names(schema, item) | {"vector": release.name}

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_unmet(dialect, "items_by_vector", domain, params | {"k": size}, names, conditions, told, len(but))

    def pinned(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_all("recommend/scan_items_by_vector", params | {"k": size}, names, conditions, told)

    read, row, chosen = yield from read_chosen(k, choice, release, item, pool, pinned)
    items, left_out = chosen.items, chosen.left_out
    return Recommendations(release.version, item.label, True, items, read.inline(), len(met), left_out), row["version"]
