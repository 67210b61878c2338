"""The nodes of one table into the graph."""

from __future__ import annotations

from collections.abc import Callable

from cypher import load
from graph.database import Database
from graph.tables import NodeTable
from graph.write.report import Written
from graph.write.rows import property_maps

NODES_A_BATCH = 20_000


def write_nodes(database: Database, table: NodeTable, key: str, advance: Callable[[int], None]) -> Written:
    """Make or complete the nodes of a table; ``advance`` hears how many rows are done."""
    names = {"label": table.label}
    before = database.read(load("load/count_nodes"), {}, names)[0]["number"]
    done = 0
    for part in table.frame.iter_slices(NODES_A_BATCH):
        database.write(
            load("load/merge_nodes"),
            {"ids": part[key].to_list(), "properties": property_maps(part.drop(key))},
            {"label": table.label, "key": key},
        )
        done += part.height
        advance(done)
    after = database.read(load("load/count_nodes"), {}, names)[0]["number"]
    return Written(table.label, table.frame.height, after - before)
