"""What answering needs, part by part, and how each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cypher import load
from graph.asking import liking_types
from graph.database import Database
from graph.filters import Indexed
from graph.releases import Release, list_releases
from graph.releases.columns import narrowed_by
from graph.releases.record import NUM_POPULAR, index_name
from graph.schema import NodeKind, NodeRole, Schema

State = Literal["ready", "filling", "missing", "failed", "stale"]
_MOST_CHANGED = 0.1  # of popular items, while they still count as those that are
_OURS = (("HoplineRelease", "version"), ("HoplineActive", "name"), ("HoplineLease", "name"))
_OF_EVENTS = (("HoplineEvent", "id"), ("HoplineLock", "name"))


@dataclass(frozen=True)
class Part:
    """One thing that answering needs. ``stale``: it is there, and not what is wanted by now; ``told`` says more.

    ``kind``: "key", a constraint that finds nodes and keeps them unique; "vectors", an index; "popular", the items of a domain
    that unknown users get. ``label`` and ``property`` are what a key or an index is on, ``version`` the release of the others.
    """

    kind: Literal["key", "vectors", "popular"]
    name: str
    state: State
    told: str = ""
    label: str = ""
    property: str = ""
    version: int | None = None


def read_parts(database: Database, schema: Schema, filters: Indexed) -> list[Part]:
    """Return what answering by the active release needs, and the indexes of releases that may be gone back to.

    ``filters`` are the properties that indexes of releases which answer should be narrowable by: the active one, and those of
    the experiment that runs.

    Raises:
        DatabaseError: the user may not ask, or the server was lost.
    """
    indexes = database.read(load("indexes/read_indexes"))
    releases = [release for release in list_releases(database) if release.ready]
    active = [release for release in releases if release.active]
    parts = [*_keys(schema, indexes), *_own_keys(indexes, has_events=_has_events(database))]
    for release in [*active, *(release for release in releases if not release.active)]:
        answers = release.active or release.in_experiment
        parts += _vectors(release, indexes, filters if answers and database.supports_search else Indexed())
    for release in active:
        parts += _popular(database, schema, release)
    return parts


def most_met(database: Database, schema: Schema, item: NodeKind) -> list[Any]:
    """Return the ids of the items of a domain that were chosen most, by all that the graph has now."""
    liked = liking_types(schema)
    if not liked:
        return []
    names = {"item": item.label, "item_key": item.key, "liked": liked}
    found: list[Any] = database.read(load("indexes/read_most_met_items"), {"limit": NUM_POPULAR}, names)[0]["ids"]
    return found


def _has_events(database: Database) -> bool:
    return bool(database.read(load("load/count_nodes"), {}, {"label": "HoplineEvent"})[0]["number"])


def _keys(schema: Schema, indexes: list[dict[str, Any]]) -> Iterator[Part]:
    for kind in schema.nodes:
        if kind.role is not NodeRole.ENTITY:
            yield _key(kind.label, kind.key, indexes)


def _own_keys(indexes: list[dict[str, Any]], *, has_events: bool) -> list[Part]:
    return [_key(label, key, indexes) for label, key in (*_OURS, *(_OF_EVENTS if has_events else ()))]


def _key(label: str, key: str, indexes: list[dict[str, Any]]) -> Part:
    found = [row for row in indexes if row["is_unique"] and row["labels"] == [label] and row["properties"] == [key]]
    state, told = _state(found)
    return Part("key", f"{label}.{key}", state, told, label, key)


def _vectors(release: Release, indexes: list[dict[str, Any]], filters: Indexed) -> Iterator[Part]:
    for column in release.columns:
        if not column.is_indexed:
            continue
        name, of = index_name(release.slot, column.label, column.suffix), release.name + column.suffix
        found = [row for row in indexes if row["name"] == name]
        state, told = _state(found)
        lacking = [one for one in narrowed_by(column, filters) if found and one not in found[0]["properties"]]
        if state == "ready" and lacking:
            state, told = "stale", f"cannot be narrowed by {', '.join(lacking)}"
        yield Part("vectors", name, state, told, column.label, of, release.version)


def _state(found: Sequence[Mapping[str, Any]]) -> tuple[State, str]:
    if not found:
        return "missing", ""
    row = found[0]
    if row["state"] == "FAILED":
        return "failed", row["failure"].strip().partition("\n")[0]
    if row["state"] == "POPULATING":
        return "filling", f"{row['percent']:.0f} %"
    return "ready", ""


def _popular(database: Database, schema: Schema, release: Release) -> Iterator[Part]:
    for domain in release.domains:
        kinds = [kind for kind in schema.items if kind.label == domain.label]
        now = [str(node_id) for kind in kinds for node_id in most_met(database, schema, kind)]
        still = len(set(now) & set(map(str, domain.popular)))
        is_stale = still < (1 - _MOST_CHANGED) * len(now)
        told = f"{still} of the {len(now)} items that are chosen most are among them"
        state: State = "stale" if is_stale else "ready"
        yield Part("popular", f"popular {domain.label}", state, told, domain.label, version=release.version)
