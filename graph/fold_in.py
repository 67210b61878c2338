"""The vector that asks for a user: learnt, moved by what they did since, or made of that alone where nothing was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.answers import Recommendations, item_names
from graph.asking import interaction_types, liking_types
from graph.choice import BEST, Choice
from graph.chosen import Pool, read_chosen
from graph.codes import as_asked, decode
from graph.events.stored_forms import time_property
from graph.filters import Condition
from graph.fused import SHARE, SHARE_BY_EVENTS, fused_pool, fused_pool_of_items
from graph.met_vectors import from_bytes
from graph.question import Dialect, Question, Read, Row
from graph.releases import Release
from graph.schema import NodeKind, Schema
from graph.unmet import read_all, read_unmet


@dataclass(frozen=True)
class Asking:
    """A vector of length one, float32[d], and what it is multiplied by; ``num_events`` that training has not seen are in it.

    ``is_learnt``: it is one that was learnt, moved by events, and not made of these alone.
    """

    unit: NDArray[np.float32]
    length: float
    num_events: int | None
    is_learnt: bool


def history_params(schema: Schema, release: Release, *, as_learnt: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters and the names by which a statement reads what a user did that a release has not learnt from.

    ``as_learnt``: nothing is read, and users are asked for by what was learnt. ``traits`` are what users are, told of those of
    whom nothing was learnt. ``weighed``: events are told, too, as they do not all count alike.
    """
    liked = liking_types(schema)
    moves = release.met is not None and bool(liked) and not as_learnt
    times = {kind.type: time_property(kind) for kind in schema.interactions}  # events are written with one in any case
    traits = release.met.traits if release.met is not None and moves else None
    weights = release.met.weights if release.met is not None and moves else None
    params = {
        "times": times,
        "most": round(release.met.most) if release.met is not None and moves else 0,
        "weighed": weights is not None,
        "amounts": {} if weights is None else weights.amounts,
        "traits": [] if traits is None else traits.names,
    }
    any_type = liked or interaction_types(schema, schema.items[0])
    return params, {"liked": any_type, "known": release.known_property, "met": release.met_property}


def asking_of(release: Release, row: Row) -> Asking | None:
    """Return what a row of a user's norm, asking vector, met vectors and traits tells, as they are stored; None: nothing.

    Without a norm nothing was learnt of the user, or all the events that it was learnt from have been deleted since.
    """
    met = [vector for vector, _ in row["met"] or ()]
    weights = None if release.met is None else release.met.weights
    weight = weights.of_items([events for _, events in row["met"]]) if weights is not None and met else None
    learnt = None
    if row["norm"] and row["asking"] is not None:
        learnt = decode(np.asarray([row["asking"]], np.float32), release.code, is_indexed=False)[0]
    if learnt is None:
        return by_events(release, met, row["traits"] or (), weight)
    if release.met is None or not met:
        return Asking(learnt, row["norm"], None, is_learnt=True)
    moved = release.met.moved(learnt, from_bytes(met, release.dimensions), weight)
    return Asking(moved, row["norm"], len(met), is_learnt=True)


def by_events(
    release: Release, met: Sequence[bytes], traits: Sequence[Any] = (), weight: NDArray[np.float32] | None = None
) -> Asking | None:
    """Return what vectors of items that were met tell, as they are stored, and a user's traits, by the release's names.

    ``weight``, float32[n]: what each item counts; None: 1. None: nothing is known, or the release does not know how to tell.
    """
    if release.met is None:
        return None
    own = release.met.traits.vector(traits) if traits and release.met.traits is not None else None
    if not met and (own is None or not own.any()):
        return None
    unit = release.met.vector(from_bytes(met, release.dimensions), weight, own)
    return Asking(unit, 1.0, len(met), is_learnt=False) if unit.any() else None


def ask_by_vector(
    dialect: Dialect,
    schema: Schema,
    release: Release,
    item: NodeKind,
    asking: Asking,
    k: int,
    *,
    user_id: Any = None,
    but: Sequence[Any] = (),
    choice: Choice = BEST,
    own: Sequence[bytes | None] | None = None,
) -> Question[tuple[Recommendations, int | None]]:
    """Ask for the best items of a domain by a vector, and for the turn; neither those in ``but`` nor what the user met.

    ``but`` are ids of items of that domain which were met in a session, the last of them last. Items may be found by neighbours
    of what a known user met, or of these, too, as ``choice`` says. ``own`` is what the tasks of its scenario have of the user:
    their candidates are those of the moved vector, and what is foretold of them is as it was learnt.
    """
    params: dict[str, Any] = {
        "user_id": user_id,
        "vector": as_asked(asking.unit, release.code).tolist(),
        "but": list(but),
        "scale": release.scale * asking.length,
    }
    domain, names = release.domain(item.label), item_names(schema, item) | {"vector": release.name}

    def pool(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_unmet(dialect, "items_by_vector", domain, params | {"k": size}, names, conditions, told, len(but))

    def pinned(size: int, conditions: Sequence[Condition], told: Sequence[Condition]) -> Question[tuple[Read, Row]]:
        return read_all("recommend/scan_items_by_vector", params | {"k": size}, names, conditions, told)

    ask: Pool = pool
    if choice.fuses(release) and user_id is not None:
        history, of_history = history_params(schema, release)
        asked = names | of_history
        whose, share = choice.tenant.users, SHARE if asking.is_learnt else SHARE_BY_EVENTS
        ask = fused_pool(dialect, release, item, [user_id], history | {"own": []}, asked, params["vector"], whose, share)
    elif choice.fuses(release) and but:
        ask = fused_pool_of_items(dialect, release, item, params, names)
    found, row = yield from read_chosen(k, choice, release, item, ask, pinned, own)
    return replace(found, num_events=asking.num_events), row["turn"]
