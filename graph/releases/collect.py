"""Clear away what releases have in the graph, of those that are no longer wanted and of what a crash left."""

from __future__ import annotations

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.releases.lease import hold_lease
from graph.releases.record import (
    Release,
    StoredColumn,
    is_there,
    list_releases,
    release_name,
    similar_type,
    stored_columns,
)
from graph.schema import Schema

KEPT = 3
"""The active release, the one before it, and one that the next may be written over where little changed."""
_NODES_A_BATCH = 10_000


def collect_releases(database: Database, schema: Schema, keep: int = KEPT, *, even_previous: bool = False) -> list[int]:
    """Take away all releases but the newest ``keep`` complete ones, the active one and the one before it.

    Return the versions of those taken away. What was being written when its publisher died goes too. ``even_previous`` counts
    the one before the active like others.

    Raises:
        ReleaseError: fewer than one to keep, or another publish, or another collection, is at work.
    """
    if keep < 1:
        raise ReleaseError(f"got {keep} releases to keep; expected at least 1")
    with hold_lease(database):
        releases = list_releases(database)
        kept = [release.version for release in releases if release.ready][:keep]
        return [
            release.version
            for release in releases
            if not release.active
            and release.version not in kept
            and remove_release(database, schema, release.version, even_previous=even_previous)
        ]


def expendable(releases: list[Release], keep: int) -> list[Release]:
    """Return those of all releases, the newest first, that would be collected once one more is published."""
    complete = [release for release in releases if release.ready]
    return [release for release in complete[keep - 1 :] if release.state == "ready"]


def remove_incomplete(database: Database, schema: Schema) -> None:
    """Take away what was left half-written or half taken away; whoever calls this holds the lease, so nobody is at it."""
    for release in list_releases(database):
        if not release.ready and not release.active:
            remove_release(database, schema, release.version)


def remove_release(database: Database, schema: Schema, version: int, *, even_previous: bool = False) -> bool:
    """Take away a release's indexes, relationships, vectors and record, in that order: cut off, it can be taken away again.

    From the first step on it cannot become active. The active release is left alone, and the one before it unless
    ``even_previous``; False then.
    """
    params = {"version": version, "even_previous": even_previous}
    retired = database.write(load("publish/retire_release"), params)
    if not retired and is_there(database, version):
        return False
    for row in retired:
        _clear_slot(database, schema, row["slot"], stored_columns(row["columns"]))
    database.write(load("publish/delete_release"), {"version": version})
    return True


def _clear_slot(database: Database, schema: Schema, slot: int, columns: tuple[StoredColumn, ...]) -> None:
    name = release_name(slot)
    # Whatever the schema was then, and however an older Hopline named its index.
    wanted = dict.fromkeys([(kind.label, "") for kind in (schema.user, *schema.items)])
    wanted |= dict.fromkeys([(column.label, column.suffix) for column in columns])
    suffixes = dict.fromkeys(["", "_norm"])
    suffixes |= dict.fromkeys([suffix for column in columns for suffix in (column.suffix, *column.beside)])
    for suffix in dict.fromkeys(suffix for _, suffix in wanted):
        for index in database.read(load("publish/read_indexes_by_property"), {"property": name + suffix}):
            database.schema(load("publish/drop_index"), {}, {"index": index["name"]})
            wanted |= dict.fromkeys([(label, suffix) for label in index["labels"]])
    remove_similar(database, slot)
    params = {"limit": _NODES_A_BATCH, "properties": [name + suffix for suffix in suffixes]}
    for label, suffix in wanted:
        names = {"label": label, "property": name + suffix}
        while database.write(load("publish/remove_vectors"), params, names)[0]["removed"]:
            pass


def remove_similar(database: Database, slot: int) -> None:
    """Take a slot's relationships between items away."""
    while database.write(load("publish/remove_similar"), {"limit": _NODES_A_BATCH}, {"type": similar_type(slot)})[0]["removed"]:
        pass
