"""Bring the cache up to date with the graph, and return the snapshot it holds then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from graph.database import Database
from graph.errors import CacheError
from graph.progress import OnStage, silent
from graph.schema import Schema
from graph.snapshot.build import Numbered, build_snapshot, find_ends, number_nodes
from graph.snapshot.columns import Triple
from graph.snapshot.order import Ends, Order
from graph.snapshot.read import read_rows
from graph.snapshot.rows import NodeRows
from graph.sync.apply import apply_changes, plan_reading
from graph.sync.cache import Version, load_version, newest_version, save_version, turn
from graph.sync.cursor import Changes, read_changes
from graph.sync.kept import Kept, KeptEdges
from graph.sync.report import Counts, Synced, SyncKind, SyncReport

LEAST_LIMIT = 10_000
LARGEST_SHARE = 0.25  # of the graph: where more changed, reading all of it is as fast

_Kinds = tuple[dict[str, NodeRows], dict[Triple, KeptEdges]]
NO_CURSOR = "this server does not tell what changed; only the embedded one does"


@dataclass(frozen=True)
class _Prepared:
    """What can be found of rows that are kept before it is known what changed, which the server takes as long to tell."""

    numbered: dict[str, Numbered]
    ends: dict[Triple, Ends]

    @classmethod
    def of(cls, schema: Schema, kept: Kept) -> _Prepared:
        numbered = number_nodes(schema, kept.nodes)
        return cls(numbered, find_ends(schema, {triple: of_kind.base for triple, of_kind in kept.edges.items()}, numbered))

    def ends_among(self, schema: Schema, numbered: Mapping[str, Numbered]) -> dict[Triple, Ends]:
        """Return the ends of those kinds whose nodes stand as they did."""
        same = {label for label, of_label in numbered.items() if of_label.index.stands_as(self.numbered[label].index)}
        return {kind.triple: self.ends[kind.triple] for kind in schema.edges if {kind.source, kind.target} <= same}


def sync(database: Database, schema: Schema, folder: Path, progress: OnStage = silent) -> Synced:
    """Return the graph's snapshot, reading only what changed since the last time, which ``folder`` keeps.

    All that was committed before the call is in it. What others write meanwhile may be in or not, as with a whole snapshot, and
    is read the next time. The whole graph is read where it cannot be told what changed, and the report says why: there is no
    cache yet, or it is damaged, of another schema or of another store; the server's log does not reach back so far; so much
    changed that reading all is as fast; or the server is not the embedded one.

    Raises:
        SchemaError: a label's ids cannot be told apart, or are of a kind that no id can be; the cache stays as it was.
        DatabaseGoneError: the connection was lost; the cache stays as it was.
        OSError: the folder cannot be written.
    """
    started = time.perf_counter()
    with turn(folder):
        synced = _sync(database, schema, folder, progress)
    return replace(synced, report=replace(synced.report, seconds=time.perf_counter() - started))


def _sync(database: Database, schema: Schema, folder: Path, progress: OnStage) -> Synced:
    name = database.endpoint.database
    version: Version | None = None
    kept: Kept | None = None
    prepared = _Prepared({}, {})
    why = ""
    try:
        version = newest_version(folder, schema, name)
    except CacheError as error:
        why = str(error)
    limit = 0 if version is None else max(LEAST_LIMIT, int(version.num_rows * LARGEST_SHARE))
    with ThreadPoolExecutor(
        2, "sync"
    ) as asking:  # the server reads its log, and plans what comes then, while the cache is loaded
        asked = asking.submit(read_changes, database, None if version is None else version.cursor, limit)
        planned = None if version is None else asking.submit(plan_reading, database, schema)
        try:
            if version is not None:
                kept = load_version(version, schema)
                prepared = _Prepared.of(schema, kept)
        except CacheError as error:
            why = str(error)
        changes = asked.result()
        if planned is not None:
            planned.result()
    if changes is None:
        return _read_all(database, schema, progress, NO_CURSOR)[0]
    try:
        if kept is not None and not changes.gap:
            return _read_changed(database, schema, folder, kept, prepared, changes)
        synced, (nodes, edges) = _read_all(database, schema, progress, why or changes.gap)
        save_version(folder, schema, name, Kept(changes.cursor, nodes, edges))
    except CacheError as error:
        return _read_all(database, schema, progress, str(error))[0]
    return synced


def _read_all(database: Database, schema: Schema, progress: OnStage, why: str) -> tuple[Synced, _Kinds]:
    rows = read_rows(database, schema, progress)
    snapshot, orders = build_snapshot(schema, rows)
    nodes = Counts(added=sum(len(columns.ids) for columns in snapshot.nodes.values()))
    edges = Counts(added=sum(len(columns.source) for columns in snapshot.edges.values()))
    kept = {triple: KeptEdges.of(of_kind.take(orders[triple].rows)) for triple, of_kind in rows.edges.items()}
    return Synced(snapshot, SyncReport(SyncKind.FULL, why, nodes, edges, 0.0)), (rows.nodes, kept)


def _read_changed(
    database: Database, schema: Schema, folder: Path, kept: Kept, prepared: _Prepared, changes: Changes
) -> Synced:
    if changes.cursor == kept.cursor:
        snapshot, _ = build_snapshot(schema, kept.rows(), prepared.numbered, prepared.ends)
        return Synced(snapshot, SyncReport(SyncKind.UNCHANGED, "", Counts(), Counts(), 0.0))
    applied = apply_changes(database, schema, kept, prepared.numbered, changes)
    save = partial(save_version, folder, schema, database.endpoint.database, before=kept)
    rows, numbered = applied.kept.rows(), applied.numbered
    with ThreadPoolExecutor(1, "sync") as saving:  # while the snapshot is built
        is_worn = any(of_kind.is_worn for of_kind in applied.kept.edges.values())
        saved = None if is_worn else saving.submit(save, applied.kept)
        snapshot, orders = build_snapshot(schema, rows, numbered, prepared.ends_among(schema, numbered))
        if saved is None:
            save(replace(applied.kept, edges=_in_order(applied.kept.edges, orders)))
        else:
            saved.result()
    return Synced(snapshot, SyncReport(SyncKind.INCREMENTAL, "", applied.nodes, applied.edges, 0.0))


def _in_order(edges: Mapping[Triple, KeptEdges], orders: Mapping[Triple, Order]) -> dict[Triple, KeptEdges]:
    """Return relationships with those kinds put in order that differ much from their base."""
    return {
        triple: KeptEdges.of(of_kind.base.joined(of_kind.patch.new).take(orders[triple].rows)) if of_kind.is_worn else of_kind
        for triple, of_kind in edges.items()
    }
