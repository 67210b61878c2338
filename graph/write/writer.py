"""A whole data set into the graph: schema, constraints, nodes, then relationships."""

from __future__ import annotations

import time

from cypher import load
from graph.database import Database
from graph.errors import SchemaError
from graph.progress import OnStage, silent
from graph.schema import Schema
from graph.schema_store import save_schema
from graph.tables import NodeTable, Tables
from graph.write.edges import EdgeWriter
from graph.write.nodes import write_nodes
from graph.write.report import WriteReport, Written

AWAIT_INDEXES_S = 300


def write_tables(database: Database, tables: Tables, progress: OnStage = silent) -> WriteReport:
    """Write a data set that is one value; for one that comes in parts, use one :class:`GraphWriter` for all of them.

    Nodes and relationships that are there get the given properties, others are made. ``progress`` hears (stage, done, total).

    Raises:
        DatabaseGoneError: the connection was lost; what was committed stays, and a re-run completes it.
        SchemaError: the data set does not fit the graph that is there.
    """
    started = time.perf_counter()
    report = GraphWriter(database, tables.schema).write(tables, progress)
    return WriteReport(report.nodes, report.edges, time.perf_counter() - started)


class GraphWriter:
    """Writes the parts of one data set, one after the other.

    A part costs what its own rows cost, however much was written before: nothing of the graph is read again. Between parts the
    writer keeps the distinct source keys of each kind of relationship it found empty, and no pair and no row. A source whose
    relationships of a kind all come in one part is written fastest (files grouped by user); one that comes back in a later part
    has its pairs looked up by the server, so that a pair that comes twice stays one relationship with the later properties.

    Raises:
        DatabaseGoneError: the connection was lost; what was committed stays, and a re-run completes it.
        SchemaError: the schema does not fit the graph that is there.
    """

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        save_schema(database, schema)
        for kind in schema.nodes:
            database.schema(load("schema/create_key_constraint"), {}, {"label": kind.label, "key": kind.key})
        database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEXES_S})
        self._edges = EdgeWriter(database, schema)

    def write(self, part: Tables, progress: OnStage = silent) -> WriteReport:
        """Write one part: its nodes, then its relationships; their ends are in it, in a part before, or in the graph already.

        Nodes and relationships that are there get the given properties, others are made. ``progress`` hears (stage, done,
        total) of this part.

        Raises:
            DatabaseGoneError: the connection was lost; what was committed stays, and a re-run completes it.
            SchemaError: the part has another schema than the writer.
        """
        if part.schema != self._schema:
            raise SchemaError("this part has another schema than the parts before; give each schema a GraphWriter of its own")
        started = time.perf_counter()
        nodes = tuple(self._write_nodes(table, progress) for table in part.nodes)
        return WriteReport(nodes, self._write_edges(part, progress), time.perf_counter() - started)

    def _write_nodes(self, table: NodeTable, progress: OnStage) -> Written:
        def advance(done: int) -> None:
            progress(f"writing {table.label} nodes", done, table.frame.height)

        return write_nodes(self._database, table, self._schema.node(table.label).key, advance)

    def _write_edges(self, part: Tables, progress: OnStage) -> tuple[Written, ...]:
        total = sum(table.frame.height for table in part.edges)
        written: list[Written] = []
        before = 0
        for table in part.edges:

            def advance(rows: int, before: int = before) -> None:
                progress("writing relationships", before + rows, total)

            written.append(self._edges.write(table, advance))
            before += table.frame.height
        return tuple(written)
