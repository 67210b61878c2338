"""Counts by kind, whether the count store knows them or not, and the diagram."""

import pytest

from graph.describe import describe
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.write import write_tables
from tests.small_releases import rows
from tests.small_tables import SCHEMA, small_tables

pytestmark = pytest.mark.integration


def test_counts_are_those_of_the_tables(database):
    tables = small_tables()
    write_tables(database, tables)
    found = describe(database, SCHEMA)
    assert found.num_nodes == {table.label: table.frame.height for table in tables.nodes}
    assert found.num_edges == {table.kind: table.frame.height for table in tables.edges}


def test_kinds_that_share_a_type_are_told_apart(database):
    nodes = (
        NodeKind(label="User", role=NodeRole.USER),
        NodeKind(label="Item", role=NodeRole.ITEM),
        NodeKind(label='A `thing`"]', role=NodeRole.ENTITY),
    )
    thing = nodes[2].label
    edges = (
        EdgeKind(source="User", type="R", target="Item", role=EdgeRole.INTERACTION),
        EdgeKind(source="Item", type="R", target=thing, role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Item", type="R", target="Item", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source=thing, type="NONE", target="Item", role=EdgeRole.KNOWLEDGE),
    )
    rows(
        database,
        'CREATE (u:User {id: 1}), (i:Item {id: 1}), (j:Item {id: 2}), (t:`A ``thing``"]` {id: 1}) '
        "CREATE (u)-[:R]->(i), (u)-[:R]->(j), (u)-[:R]->(t), (i)-[:R]->(t), (i)-[:R]->(j), (j)-[:R]->(i), (j)-[:R]->(j)",
    )
    found = describe(database, Schema(nodes=nodes, edges=edges))
    assert [found.num_edges[edge] for edge in edges] == [2, 1, 3, 0]
    diagram = found.mermaid().splitlines()
    assert diagram[0] == "flowchart LR"
    assert diagram[3] == '    n2["A #96;thing#96;#34;#93;<br>entity, 1"]'
    assert diagram[4] == '    n0 -->|"R<br>2"| n1'
