"""A small graph with a bit of everything, in Neo4j and as networkx has it."""

import networkx as nx
import pytest

from graph.explore import Explorer
from graph.write import write_tables
from tests.small_tables import small_tables


@pytest.fixture
def tables():
    return small_tables()


@pytest.fixture
def explorer(database, tables):
    write_tables(database, tables)
    return Explorer(database, tables.schema)


@pytest.fixture
def whole(tables):
    """Everything that was written: nodes (label, id), an edge a relationship, keyed by its type."""
    graph = nx.MultiDiGraph()
    for table in tables.nodes:
        graph.add_nodes_from((table.label, one) for one in table.frame["id"])
    for table in tables.edges:
        kind = table.kind
        for row in table.frame.to_dicts():
            graph.add_edge((kind.source, row["source"]), (kind.target, row["target"]), key=(kind.type, 0))
    return graph
