"""Writing relationships into Neo4j: the default path against plain batched UNWIND + MERGE and a transaction a row."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import neo4j
import numpy as np
import polars as pl

from benchmarks.server import fresh_database, session_of
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from graph.write.edges import EDGES_A_BATCH
from loaders import set_aside

RELATIONSHIPS = 1_000_000
USERS, ITEMS = 50_000, 20_000
ROWS_A_TURN = EDGES_A_BATCH
NAIVE_A_TURN = 200
WARMING = 20_000  # relationships written by each batched way first, and not counted: Java compiles what it runs often
_PLAIN = (
    "UNWIND $rows AS row MATCH (u:User {id: row.source}) MATCH (i:Item {id: row.target}) "
    "MERGE (u)-[r:TYPE]->(i) SET r.value = row.value, r.time = row.time"
)
_NAIVE = (
    "MATCH (u:User {id: $source}) MATCH (i:Item {id: $target}) MERGE (u)-[r:TYPE]->(i) SET r.value = $value, r.time = $time"
)


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return relationships a second by each way; ``dataset`` is not used, the graph is made.

    The three ways take turns: after each transaction of the default path's one load, the plain way writes as many rows into a
    kind of its own, and some are written a transaction each, so that a slow minute of the machine hits all three.
    """
    warming, whole = _rows()
    seconds = {"batched": 0.0, "naive": 0.0}
    naive_rows = 0
    with fresh_database() as database, session_of(database) as session:
        say(write_tables(database, _tables(whole.clear(), "RATED")).summary())
        write_tables(database, _tables(warming, "WARMING", nodes=False))
        _write_plain(session, warming, "WARMING_PLAIN")
        _write_naive(session, warming.head(NAIVE_A_TURN), "WARMING_NAIVE")
        said = time.perf_counter()

        def take_turns(stage: str, done: int, total: int) -> None:
            nonlocal naive_rows
            rows = whole[done - min(ROWS_A_TURN, done) : done]
            few = rows.head(NAIVE_A_TURN)
            started = time.perf_counter()
            _write_plain(session, rows, "RATED_PLAIN")
            between = time.perf_counter()
            _write_naive(session, few, "RATED_NAIVE")
            seconds["batched"] += between - started
            seconds["naive"] += time.perf_counter() - between
            naive_rows += few.height
            say(f"{done:,} of {total:,} after {time.perf_counter() - said:.0f} s")

        report = write_tables(database, _tables(whole, "RATED", nodes=False), take_turns)
        for type_, expected in (("RATED", whole.height), ("RATED_PLAIN", whole.height), ("RATED_NAIVE", naive_rows)):
            found = session.run(f"MATCH ()-[r:{type_}]->() RETURN count(r) AS number").single(strict=True)["number"]
            if found != expected:
                raise AssertionError(f"the graph holds {found} {type_} relationships, expected {expected}")
    default = whole.height / (report.seconds - sum(seconds.values()))
    batched, naive = whole.height / seconds["batched"], naive_rows / seconds["naive"]
    return {
        "relationships": whole.height,
        "relationships_per_s": default,
        "batched_relationships_per_s": batched,
        "naive_relationships_per_s": naive,
        "naive_relationships": naive_rows,
        "ratio": default / naive,
        "ratio_batched": default / batched,
    }


def _write_plain(session: neo4j.Session, rows: pl.DataFrame, type_: str) -> None:
    session.run(_PLAIN.replace("TYPE", type_), rows=rows.to_dicts()).consume()


def _write_naive(session: neo4j.Session, rows: pl.DataFrame, type_: str) -> None:
    for row in rows.iter_rows(named=True):
        session.run(_NAIVE.replace("TYPE", type_), row).consume()


def _rows() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that warm, then those that are measured, no pair twice; a few items get much of what users did."""
    rng = np.random.default_rng(0)
    number = WARMING + RELATIONSHIPS
    popularity = 1 / (np.arange(ITEMS) + 10.0)
    drawn = rng.integers(0, USERS, 2 * number) * ITEMS + rng.choice(ITEMS, 2 * number, p=popularity / popularity.sum())
    pair = rng.permutation(np.unique(drawn))[:number]
    whole = pl.DataFrame(
        {
            SOURCE: [f"user-{place}" for place in pair // ITEMS],
            TARGET: [f"item-{place}" for place in pair % ITEMS],
            "value": rng.integers(1, 6, number).astype(np.float64),
            "time": rng.integers(1_600_000_000, 1_700_000_000, number),
        }
    )
    return whole.head(WARMING), whole.tail(RELATIONSHIPS)


def _tables(ratings: pl.DataFrame, type_: str, nodes: bool = True) -> Tables:
    rated = EdgeKind(source="User", type=type_, target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
    users = NodeTable("User", pl.DataFrame({"id": [f"user-{number}" for number in range(USERS)]}))
    items = NodeTable("Item", pl.DataFrame({"id": [f"item-{number}" for number in range(ITEMS)]}))
    return Tables(
        Schema(nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(rated,)),
        (users, items) if nodes else (),
        (EdgeTable(rated, ratings),),
        set_aside.empty(),
    )
