"""Make what is missing of what answering needs, in place, and count popular items anew."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError
from graph.filters import Indexed
from graph.indexes.parts import Part, most_met, read_parts
from graph.keys import index_keys
from graph.progress import OnStage
from graph.releases import active_release, complete_release
from graph.releases.fill import create_index
from graph.releases.lease import Lease
from graph.releases.record import index_name
from graph.schema import Schema

_LOOK_EVERY_S = 0.5


def refresh(database: Database, schema: Schema, lease: Lease, filters: Indexed, progress: OnStage) -> list[Part]:
    """Make the constraints and indexes that are not there or failed, wait until they are filled, and count popular items.

    What is there stays as it is: an index that cannot be narrowed by one of ``filters`` is for building anew. Return the parts
    that were made or counted, as they are now.

    Raises:
        ReleaseError: nothing is published, or an index failed again.
        SchemaError: two users or two items share a key.
        AccessDeniedError: the user may not make indexes.
    """
    before = read_parts(database, schema, filters)
    active = active_release(database)
    wanting = [part for part in before if part.state in {"missing", "failed", "filling"}]
    for part in wanting:
        lease.check()
        _make(database, part)
    if any(part.kind == "key" for part in wanting):
        index_keys(database, schema)
    _await(database, [part.name for part in wanting if part.kind == "vectors"], lease.check, progress)
    lease.check()
    progress("counting popular items", 0, 1)
    popular = {kind.label: most_met(database, schema, kind) for kind in schema.items}
    told = {domain.label: popular.get(domain.label, domain.popular) for domain in active.domains}
    database.write(load("indexes/write_popular"), {"version": active.version, "popular": json.dumps(told)})
    progress("counting popular items", 1, 1)
    names = {part.name for part in wanting}
    return [part for part in read_parts(database, schema, filters) if part.name in names or part.kind == "popular"]


def _make(database: Database, part: Part) -> None:
    if part.kind == "key":
        if part.label.startswith("Hopline"):
            database.schema(load("schema/create_key_constraint"), {}, {"label": part.label, "key": part.property})
        return  # those of the graph's own nodes are made together, with what to do where two share one
    if part.state == "filling":
        return
    if part.state == "failed":
        database.schema(load("publish/drop_index"), {}, {"index": part.name})
    release = complete_release(database, part.version or 0)
    for column in release.columns:
        if column.is_indexed and index_name(release.slot, column.label, column.suffix) == part.name:
            narrowable = column.filters if database.supports_search else ()
            create_index(database, release.slot, column.label, column.suffix, column.dimensions, narrowable)


def _await(database: Database, names: Sequence[str], check: Callable[[], None], progress: OnStage) -> None:
    """Wait until indexes are filled, and tell how far each is."""
    while names:
        check()
        found = {row["name"]: row for row in database.read(load("indexes/read_indexes"))}
        failed = [name for name in names if name not in found or found[name]["state"] == "FAILED"]
        if failed:
            why = found[failed[0]]["failure"].strip() if failed[0] in found else "it was dropped meanwhile"
            raise ReleaseError(f"the index {failed[0]!r} could not be built: {why}; mend that, and refresh again")
        for name in names:
            progress(f"filling {name}", round(found[name]["percent"]), 100)
        if all(found[name]["state"] == "ONLINE" for name in names):
            return
        time.sleep(_LOOK_EVERY_S)
