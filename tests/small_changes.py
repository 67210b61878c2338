"""Random changes to a small graph by plain Cypher, as other programs make them, and whether two snapshots are equal."""

import neo4j
import numpy as np

from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema

RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
SAW = EdgeKind(source="User", type="SAW", target="Item", role=EdgeRole.INTERACTION, time="at")
BOUGHT = EdgeKind(
    source="User", type="BOUGHT_BY", target="Item", role=EdgeRole.INTERACTION, value="value", time="at", reversed=True
)
SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER, features=(Feature(name="age", type=FeatureType.NUMERIC),)),
        NodeKind(label="Item", role=NodeRole.ITEM, title="title", features=(Feature(name="genres", type=FeatureType.MULTI),)),
        NodeKind(label="Entity", key="name", role=NodeRole.ENTITY),
    ),
    edges=(
        RATED,
        SAW,
        EdgeKind(source="User", type="KNOWS", target="User", role=EdgeRole.SOCIAL),
        EdgeKind(source="Item", type="ABOUT", target="Entity", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Item", type="LIKE", target="Item", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Entity", type="LIKE", target="Entity", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Item", type="LIKE", target="Entity", role=EdgeRole.KNOWLEDGE, reversed=True),
        BOUGHT,
    ),
)

MAKE = """
UNWIND range(1, $size) AS n
CREATE (:User {id: 'u' + n, age: 20 + n}), (:Item {id: 'i' + n, title: 'Title ' + n, genres: ['a', 'b']}), (:Entity {name: n})
"""
JOIN = """
MATCH (s:{source}) WITH s ORDER BY rand() LIMIT $few
MATCH (t:{target}) WITH s, t ORDER BY rand() LIMIT $few
CREATE (s)-[r:{type}]->(t)
"""
SOME_NODES = "MATCH (n) WITH n ORDER BY rand() LIMIT $few "
SOME_EDGES = "MATCH ()-[r]->() WITH r ORDER BY rand() LIMIT $few "
CHANGES = [
    *(JOIN.format(source=kind.stored[0], target=kind.stored[1], type=kind.type) for kind in SCHEMA.edges),
    JOIN.format(source="Item", target="User", type="BOUGHT_BY") + "SET r.value = '4.5', r.at = datetime('2024-01-01T00:00Z')",
    JOIN.format(source="User", target="Item", type="RATED") + "SET r.value = rand(), r.time = toInteger(rand() * 1000)",
    JOIN.format(source="User", target="Item", type="SAW") + "SET r.at = 5",
    JOIN.format(source="User", target="Item", type="TOLD"),  # the schema has no such type
    "MATCH (s:User)-[:RATED]->(t) WITH s, t LIMIT $few CREATE (s)-[:RATED {value: 1.0, time: 1}]->(t)",  # one more between two
    SOME_EDGES + "SET r.value = rand(), r.at = 3, r.note = 'a note that is too long to be kept beside the record itself'",
    SOME_EDGES + "SET r.value = 'none', r.at = 'never', r.time = date()",
    SOME_EDGES + "SET r.value = 'nan', r.time = point({x: 1, y: 2})",
    SOME_EDGES + "REMOVE r.value, r.time",
    SOME_EDGES + "DELETE r",
    SOME_EDGES + "WITH r, startNode(r) AS s, endNode(r) AS t DELETE r CREATE (s)-[:RATED {value: 2.0}]->(t)",
    SOME_NODES + "DETACH DELETE n",
    SOME_NODES + "SET n:Item",
    SOME_NODES + "SET n:User, n.id = 'became ' + id(n)",
    SOME_NODES + "REMOVE n:User",
    SOME_NODES + "SET n:A:B:C:D:E:F:G",  # more labels than a record of a node holds
    SOME_NODES + "REMOVE n:A:C:Item",
    SOME_NODES + "SET n.title = 'another', n.age = rand(), n.unknown = 1",
    SOME_NODES + "SET n.genres = ['c'], n.title = null",
    SOME_NODES + "REMOVE n.id",
    SOME_NODES + "REMOVE n.name",
    SOME_NODES + "SET n.id = 'k' + id(n)",
    SOME_NODES + "SET n.age = date(), n.title = [point({x: 1, y: 2})]",
    SOME_NODES + "SET n.name = 'text ' + id(n)",
    "MATCH (n:Entity) SET n.name = id(n)",  # back to whole numbers throughout
    "CREATE (u:User {id: 'new' + rand()})-[:RATED {value: 3.0}]->(:Item {id: 'new' + rand()}), (:Stranger), (u)-[:KNOWS]->(u)",
]


def session_of(database):
    endpoint = database.endpoint
    auth = (endpoint.username, endpoint.password.get_secret_value())
    return neo4j.GraphDatabase.driver(endpoint.uri, auth=auth, notifications_min_severity="OFF")


def change(session, rng, number, few=5):
    """Make some changes, some in a transaction each, some together, some rolled back."""
    for _ in range(number):
        with session.begin_transaction() as transaction:
            for text in rng.choice(CHANGES, rng.integers(1, 4)):
                transaction.run(f"CYPHER 5 {text}", few=int(rng.integers(1, few + 1))).consume()
            if rng.random() < 0.1:
                transaction.rollback()
            else:
                transaction.commit()


def check_equal(one, two):
    assert (one.skipped, one.unusable) == (two.skipped, two.unusable)
    assert one.nodes.keys() == two.nodes.keys()
    for label, columns in one.nodes.items():
        np.testing.assert_array_equal(columns.ids, two.nodes[label].ids)
        assert columns.keyless == two.nodes[label].keyless
        assert columns.ids.dtype.kind == two.nodes[label].ids.dtype.kind
        assert columns.columns.keys() == two.nodes[label].columns.keys()
        for name, values in columns.columns.items():
            other = two.nodes[label].columns[name]
            assert type(values) is type(other)
            assert list(map(repr, values)) == list(map(repr, other))
    assert one.edges.keys() == two.edges.keys()
    for triple, columns in one.edges.items():
        for name in ("source", "target", "value", "time"):
            mine, other = getattr(columns, name), getattr(two.edges[triple], name)
            np.testing.assert_array_equal(mine, other)
            assert getattr(mine, "dtype", None) == getattr(other, "dtype", None)
