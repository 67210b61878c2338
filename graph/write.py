"""Tables into the graph: constraints, nodes, relationships, in batches; running it again changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cypher import load
from graph.database import Database
from graph.progress import OnStage, silent
from graph.schema_store import save_schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables

NODES_A_BATCH = 20_000
EDGES_A_BATCH = 50_000  # a transaction each: larger ones gained nothing, and hold more of the server's heap
AWAIT_INDEXES_S = 300


@dataclass(frozen=True)
class Written:
    """One kind: rows given, how many were new, and relationships left out because an end is not in the graph."""

    name: str
    rows: int
    created: int
    without_end: int = 0


@dataclass(frozen=True)
class WriteReport:
    """What was written, a line a kind."""

    nodes: tuple[Written, ...]
    edges: tuple[Written, ...]
    seconds: float

    def summary(self) -> str:
        """Return one sentence for people."""
        nodes, edges = sum(part.rows for part in self.nodes), sum(part.rows for part in self.edges)
        new = sum(part.created for part in (*self.nodes, *self.edges))
        lost = sum(part.without_end for part in self.edges)
        kinds = ", ".join(f"{part.rows:,} {part.name}" for part in self.nodes)
        text = f"loaded {nodes:,} nodes ({kinds}) and {edges:,} relationships in {self.seconds:.1f} s; {new:,} were new"
        return text + (f"; {lost:,} relationships were left out, as an end of theirs is not in the graph" if lost else "")


def write_tables(database: Database, tables: Tables, progress: OnStage = silent) -> WriteReport:
    """Write a data set.

    Nodes and relationships that are there get the given properties, others are made. ``progress`` hears (stage, done, total).

    Raises:
        DatabaseGoneError: the connection was lost; what was committed stays, and a re-run completes it.
        SchemaError: the data set does not fit the graph that is there.
    """
    started = time.perf_counter()
    schema = tables.schema
    save_schema(database, schema)
    for kind in schema.nodes:
        database.schema(load("schema/create_key_constraint"), {}, {"label": kind.label, "key": kind.key})
    database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEXES_S})
    nodes = tuple(_write_nodes(database, table, schema.node(table.label).key, progress) for table in tables.nodes)
    total = sum(table.frame.height for table in tables.edges)
    edges: list[Written] = []
    done = 0
    for table in tables.edges:
        before = done

        def advance(rows: int, before: int = before) -> None:
            progress("writing relationships", before + rows, total)

        keys = schema.node(table.kind.source).key, schema.node(table.kind.target).key
        edges.append(_write_edges(database, table, keys, advance))
        done += table.frame.height
    return WriteReport(nodes, tuple(edges), time.perf_counter() - started)


def _write_nodes(database: Database, table: NodeTable, key: str, progress: OnStage) -> Written:
    names = {"label": table.label}
    before = database.read(load("load/count_nodes"), {}, names)[0]["number"]
    done = 0
    for part in table.frame.iter_slices(NODES_A_BATCH):
        database.write(
            load("load/merge_nodes"),
            {"ids": part[key].to_list(), "properties": _property_maps(part.drop(key))},
            {"label": table.label, "key": key},
        )
        done += part.height
        progress(f"writing {table.label} nodes", done, table.frame.height)
    after = database.read(load("load/count_nodes"), {}, names)[0]["number"]
    return Written(table.label, table.frame.height, after - before)


def _write_edges(database: Database, table: EdgeTable, keys: tuple[str, str], advance: Callable[[int], None]) -> Written:
    kind = table.kind
    names = {
        "source": kind.source,
        "source_key": keys[0],
        "type": kind.type,
        "target": kind.target,
        "target_key": keys[1],
    }
    counted = {"source": kind.source, "type": kind.type}
    before = database.read(load("load/count_edges"), {}, counted)[0]["number"]
    done = matched = 0
    for part in table.frame.iter_slices(EDGES_A_BATCH):
        params = {
            "sources": part[SOURCE].to_list(),
            "targets": part[TARGET].to_list(),
            "properties": _property_maps(part.drop(SOURCE, TARGET)),
        }
        matched += database.write(load("load/merge_edges"), params, names)[0]["matched"]
        done += part.height
        advance(done)
    after = database.read(load("load/count_edges"), {}, counted)[0]["number"]
    return Written(" ".join(kind.triple), done, after - before, without_end=done - matched)


def _property_maps(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return a map a row; a null stays in it, which in Cypher takes the property away."""
    return frame.to_dicts() if frame.width else [{} for _ in range(frame.height)]
