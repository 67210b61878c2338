"""A snapshot from the cache and what changed since, against reading all: 1 % of relationships change in every round."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import neo4j
import numpy as np

from benchmarks.server import fresh_database
from graph.database import Database
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import Snapshot, read_snapshot
from graph.sync import SyncKind, sync

RELATIONSHIPS = 1_000_000
USERS, ITEMS = 20_000, 10_000
CHANGED_FRACTION = 0.01  # a third of them deleted, a third made, a third given another value
WARMING, REPEATS = (
    6,
    7,
)  # rounds: in each, Java sees a hundred times fewer rows of what changed than of the whole to compile for
RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
SCHEMA = Schema(nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(RATED,))

_MAKE_NODES = (
    "UNWIND range(0, $users - 1) AS n CREATE (:User {id: 'user-' + n}) "
    "WITH count(*) AS done UNWIND range(0, $items - 1) AS n CREATE (:Item {id: 'item-' + n})"
)
_NODES = "CYPHER 5 MATCH (n:{label}) RETURN collect(id(n)) AS nodes"
_MAKE_EDGES = (
    "CYPHER 5 UNWIND range(0, size($users) - 1) AS n "
    "MATCH (u) WHERE id(u) = $users[n] MATCH (i) WHERE id(i) = $items[n] "
    "CREATE (u)-[:RATED {value: $values[n], time: 1600000000 + n}]->(i)"
)
_EDGES = "CYPHER 5 MATCH ()-[r:RATED]->() RETURN collect(id(r)) AS edges"
_DELETE = "CYPHER 5 MATCH ()-[r:RATED]->() WHERE id(r) IN $edges DELETE r"
_CHANGE = "CYPHER 5 MATCH ()-[r:RATED]->() WHERE id(r) IN $edges SET r.value = r.value + 0.5"


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return medians over rounds of change, whole read and synchronisation; ``dataset`` is not used, the graph is made."""
    with fresh_database() as database, tempfile.TemporaryDirectory(prefix="hopline-sync-") as scratch:
        graph = _Graph(database)
        graph.fill(say)
        folder = Path(scratch) / "snapshot"
        sync(database, SCHEMA, folder)
        full_s, incremental_s = [], []
        for repeat in range(WARMING + REPEATS):
            graph.change()
            started = time.perf_counter()
            synced = sync(database, SCHEMA, folder)
            by_change = time.perf_counter() - started
            started = time.perf_counter()
            whole = read_snapshot(database, SCHEMA)
            by_whole = time.perf_counter() - started
            if synced.report.kind is not SyncKind.INCREMENTAL or not _equal(synced.snapshot, whole):
                raise AssertionError(f"not what the whole graph is: {synced.report}")
            counts = synced.report.edges
            say(f"whole {by_whole:.2f} s, what changed {by_change:.3f} s: {counts}")
            if repeat == 0:
                first_ratio = by_whole / by_change
            if repeat >= WARMING:
                full_s.append(by_whole)
                incremental_s.append(by_change)
        num_edges = len(whole.edges[RATED.triple].source)
    return {
        "relationships": num_edges,
        "full_s": median(full_s),
        "incremental_s": median(incremental_s),
        "changed_fraction": (counts.added + counts.removed + counts.changed) / num_edges,
        "ratio": median(slow / fast for slow, fast in zip(full_s, incremental_s, strict=True)),
        "first_ratio": first_ratio,
    }


class _Graph:
    """A graph that is written by plain Cypher, as any other program would."""

    def __init__(self, database: Database) -> None:
        self._endpoint = database.endpoint
        self._rng = np.random.default_rng(0)

    def fill(self, say: Callable[[str], None]) -> None:
        self._run(_MAKE_NODES, users=USERS, items=ITEMS)
        for label, key in ("User", "id"), ("Item", "id"):
            self._run(f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.{key} IS UNIQUE")
        self._users, self._items = (self._run(_NODES.format(label=label))[0]["nodes"] for label in ("User", "Item"))
        started = time.perf_counter()
        for _ in range(RELATIONSHIPS // 50_000):
            self._make(50_000)
        say(f"made {RELATIONSHIPS:,} relationships in {time.perf_counter() - started:.0f} s")

    def change(self) -> None:
        third = round(RELATIONSHIPS * CHANGED_FRACTION / 3)
        edges = self._rng.permutation(self._run(_EDGES)[0]["edges"])[: 2 * third].tolist()
        self._run(_DELETE, edges=edges[:third])
        self._run(_CHANGE, edges=edges[third:])
        self._make(third)

    def _make(self, number: int) -> None:
        users, items = self._rng.integers(0, USERS, number), self._rng.integers(0, ITEMS, number)
        values = self._rng.integers(1, 6, number).astype(float).tolist()
        self._run(_MAKE_EDGES, users=[self._users[n] for n in users], items=[self._items[n] for n in items], values=values)

    def _run(self, text: Any, **params: Any) -> list[neo4j.Record]:
        password = self._endpoint.password
        auth = None if password is None else (self._endpoint.username, password.get_secret_value())
        with neo4j.GraphDatabase.driver(self._endpoint.uri, auth=auth, notifications_min_severity="OFF") as driver:
            return driver.execute_query(text, params, database_=self._endpoint.database).records


def _equal(one: Snapshot, other: Snapshot) -> bool:
    same_nodes = all(np.array_equal(columns.ids, other.nodes[label].ids) for label, columns in one.nodes.items())
    mine, others = one.edges[RATED.triple], other.edges[RATED.triple]
    columns = ((getattr(mine, name), getattr(others, name)) for name in ("source", "target", "value", "time"))
    return same_nodes and all(np.array_equal(mine, others) for mine, others in columns)
