"""How far what serves is behind the graph, and what the last round of learning from events measured, for whoever watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.asking import liking_types
from graph.database import Database
from graph.question import Question, Read
from graph.releases import Release
from graph.schema import Schema

_NS = 10**9


@dataclass(frozen=True)
class Freshness:
    """Moments are in seconds since 1970, by the clock of who wrote them; None is what is not known.

    ``learnt_at``: when the graph was read that the release has learnt from, in training or in the last round that taught it;
    ``num_not_learnt``: how many interactions that tell of liking the graph has more than it had then; ``event_at``: when
    events came last, new or again; ``round``: what the last round of learning from events came to, as :func:`tell_round` was
    told.
    """

    learnt_at: float | None
    num_not_learnt: int | None
    event_at: float | None
    round: Mapping[str, Any]


def learnt(events: int, at: float) -> dict[str, Any]:
    """Return what a release's ``data`` tells of how far it has learnt: how many events that tell of liking, read when."""
    return {"learnt": {"events": events, "at": at}}


def ask_freshness(schema: Schema, release: Release) -> Question[Freshness]:
    """Ask how far a release is behind the graph, by the count store and single nodes."""
    known = release.data.get("learnt")
    number = 0
    for type_, item, is_reversed in sorted(_kinds(schema)) if known else ():
        statement = load("load/count_edges" if is_reversed else "load/count_edges_reaching")
        counted = yield Read(statement, {}, {"type": type_, "source" if is_reversed else "target": item})
        number += counted[0]["number"]
    (row,) = yield Read(load("online/read_freshness"))  # last: what is counted came no later than what this tells
    return Freshness(
        known["at"] if known else None,
        max(0, number - known["events"]) if known else None,
        row["event_ns"] / _NS if row["event_ns"] is not None else None,
        row["round"] or {},
    )


def tell_round(database: Database, told: Mapping[str, Any]) -> None:
    """Tell what a round of learning from events came to: numbers and text by name; None is left as an earlier one told it.

    Raises:
        DatabaseError: the user may not write, or the server was lost.
    """
    database.schema(load("schema/create_key_constraint"), {}, {"label": "HoplineOnline", "key": "name"})
    properties = {name: value for name, value in told.items() if value is not None}
    database.write(load("online/write_round"), {"properties": properties})


def _kinds(schema: Schema) -> set[tuple[str, str, bool]]:
    """Return types that tell of liking with the item's label, and whether they leave it: others may share the user's end."""
    liked = set(liking_types(schema))
    return {(kind.type, kind.target, kind.reversed) for kind in schema.interactions if kind.type in liked}
