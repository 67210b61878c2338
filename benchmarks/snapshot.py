"""Reading relationships out of Neo4j: whole columns against a row each, the same data, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import neo4j
import numpy as np
import polars as pl

from benchmarks.server import fresh_database
from graph.database import Database
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import read_snapshot
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

RELATIONSHIPS = 240_000
USERS, ITEMS = 6_000, 4_000
WARMING, REPEATS = 2, 5  # rounds: the first ones fill the page cache and let Java compile both ways
_ROWS = "MATCH (u:User)-[r:RATED]->(i:Item) RETURN u.id AS user_id, i.id AS item_id, r.value AS value, r.time AS time"


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return medians over alternating repeats; ``dataset`` is not used, the graph is made."""
    with fresh_database() as database:
        tables = _tables()
        say(write_tables(database, tables).summary())
        columns_s, rows_s = [], []
        for repeat in range(WARMING + REPEATS):
            started = time.perf_counter()
            snapshot = read_snapshot(database, tables.schema)
            by_columns = time.perf_counter() - started
            started = time.perf_counter()
            num_rows = _read_rows(database)
            by_rows = time.perf_counter() - started
            say(f"columns {by_columns:.2f} s, rows {by_rows:.2f} s")
            if repeat >= WARMING:
                columns_s.append(by_columns)
                rows_s.append(by_rows)
    found = len(snapshot.edges["User", "RATED", "Item"].source)
    if not found == num_rows == RELATIONSHIPS:
        raise AssertionError(f"read {found} by columns and {num_rows} by rows of {RELATIONSHIPS} relationships")
    return {
        "relationships": found,
        "columns_s": median(columns_s),
        "rows_s": median(rows_s),
        "ratio": median(slow / fast for slow, fast in zip(rows_s, columns_s, strict=True)),
    }


def _read_rows(database: Database) -> int:
    """Read a record a relationship, the way the driver's manual shows, into the same four numpy arrays."""
    endpoint = database.endpoint
    auth = None if endpoint.password is None else (endpoint.username, endpoint.password.get_secret_value())
    with neo4j.GraphDatabase.driver(endpoint.uri, auth=auth) as driver:
        records = driver.execute_query(_ROWS, database_=endpoint.database).records
    users = np.unique([record["user_id"] for record in records], return_inverse=True)[1]
    items = np.unique([record["item_id"] for record in records], return_inverse=True)[1]
    values = np.array([record["value"] for record in records], np.float32)
    times = np.array([record["time"] for record in records], np.int64)
    return min(len(users), len(items), len(values), len(times))


def _tables() -> Tables:
    rng = np.random.default_rng(0)
    pair = rng.choice(USERS * ITEMS, RELATIONSHIPS, replace=False)
    rated = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
    ratings = pl.DataFrame(
        {
            SOURCE: [f"user-{number}" for number in pair // ITEMS],
            TARGET: [f"item-{number}" for number in pair % ITEMS],
            "value": rng.integers(1, 6, RELATIONSHIPS).astype(np.float64),
            "time": rng.integers(1_600_000_000, 1_700_000_000, RELATIONSHIPS),
        }
    )
    return Tables(
        schema=Schema(
            nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(rated,)
        ),
        nodes=(
            NodeTable("User", pl.DataFrame({"id": [f"user-{number}" for number in range(USERS)]})),
            NodeTable("Item", pl.DataFrame({"id": [f"item-{number}" for number in range(ITEMS)]})),
        ),
        edges=(EdgeTable(rated, ratings),),
        set_aside=set_aside.empty(),
    )
