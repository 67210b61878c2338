"""A small data set as one value: the parts that a stage gives, joined."""

import polars as pl

from graph.tables import EdgeTable, Tables
from loaders.files import open_data_set


def read_tables(path, format=None, *, encoding=None):
    with open_data_set(path, format, encoding=encoding) as stage:
        parts = list(stage.tables())
    edges = {kind.triple: [] for kind in stage.schema.edges}
    for part in parts:
        for table in part.edges:
            edges[table.kind.triple].append(table)
    whole = tuple(EdgeTable(found[0].kind, pl.concat([one.frame for one in found])) for found in edges.values() if found)
    apart = pl.concat([part.set_aside for part in parts]).sort("file", "line", maintain_order=True)
    return Tables(stage.schema, parts[0].nodes, whole, apart)
