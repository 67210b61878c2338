"""Tables into a real graph: a re-run changes nothing, and every name and key comes out as it went in."""

from concurrent.futures import ThreadPoolExecutor

import neo4j
import polars as pl
import pytest

from graph.errors import SchemaError
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.schema_store import load_schema, save_schema
from graph.tables import EdgeTable, NodeTable, Tables
from graph.write import write_tables
from loaders import set_aside

pytestmark = pytest.mark.integration

RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
MADE_BY = EdgeKind(source="Item", type="MADE_BY", target="Entity", role=EdgeRole.KNOWLEDGE)
SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER),
        NodeKind(label="Item", role=NodeRole.ITEM, title="title"),
        NodeKind(label="Entity", role=NodeRole.ENTITY),
    ),
    edges=(RATED, MADE_BY),
)
USERS = pl.DataFrame({"id": ["u1", "u2"], "age": [30, None]})
ITEMS = pl.DataFrame({"id": ["i1", "i2"], "title": ["One", None], "genres": [["a", "b"], []], "year": [1999.5, None]})
ENTITIES = pl.DataFrame({"id": ["e1"]})
RATINGS = pl.DataFrame(
    {"source": ["u1", "u1", "u2"], "target": ["i1", "i2", "i1"], "value": [4.0, None, 2.5], "time": [7, 8, None]}
)
MADE = pl.DataFrame({"source": ["i1", "i2"], "target": ["e1", "e1"]})


def tables(users=USERS, items=ITEMS, entities=ENTITIES, ratings=RATINGS, made=MADE):
    nodes = (NodeTable("User", users), NodeTable("Item", items), NodeTable("Entity", entities))
    return Tables(SCHEMA, nodes, (EdgeTable(RATED, ratings), EdgeTable(MADE_BY, made)), set_aside.empty())


@pytest.fixture
def look(database, server):
    """Ask the graph directly, past the product."""
    auth = (server.username, server.password.get_secret_value())
    with neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF") as driver:

        def ask(statement):
            return [record.values() for record in driver.execute_query(statement).records]

        yield ask


@pytest.fixture
def graph(look):
    """All nodes but the schema's as (label, properties), and relationships as (source, type, target, properties), in order."""

    def read():
        nodes = look("MATCH (n) WHERE NOT n:HoplineSchema RETURN labels(n)[0] AS l, properties(n) ORDER BY l, toString(n.id)")
        edges = look("MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS t, b.id AS b, properties(r) ORDER BY t, a, b")
        return nodes, edges

    return read


def test_nodes_and_relationships_get_their_properties_and_a_null_is_none(database, graph):
    report = write_tables(database, tables())
    nodes, edges = graph()
    assert nodes == [
        ["Entity", {"id": "e1"}],
        ["Item", {"id": "i1", "title": "One", "genres": ["a", "b"], "year": 1999.5}],
        ["Item", {"id": "i2", "genres": []}],
        ["User", {"id": "u1", "age": 30}],
        ["User", {"id": "u2"}],
    ]
    assert edges == [
        ["i1", "MADE_BY", "e1", {}],
        ["i2", "MADE_BY", "e1", {}],
        ["u1", "RATED", "i1", {"value": 4.0, "time": 7}],
        ["u1", "RATED", "i2", {"time": 8}],
        ["u2", "RATED", "i1", {"value": 2.5}],
    ]
    assert [(part.name, part.rows, part.created) for part in (*report.nodes, *report.edges)] == [
        ("User", 2, 2),
        ("Item", 2, 2),
        ("Entity", 1, 1),
        ("User RATED Item", 3, 3),
        ("Item MADE_BY Entity", 2, 2),
    ]


def test_loading_twice_changes_nothing_whatever_the_batches(database, graph, monkeypatch):
    write_tables(database, tables())
    before = graph()
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", 2)
    monkeypatch.setattr("graph.write.nodes.NODES_A_BATCH", 1)
    report = write_tables(database, tables())
    assert graph() == before
    assert {part.created for part in (*report.nodes, *report.edges)} == {0}
    assert "0 were new" in report.summary()
    assert load_schema(database) == SCHEMA


def test_a_changed_property_is_updated_and_one_that_is_gone_is_taken_away(database, graph):
    write_tables(database, tables())
    users = pl.DataFrame({"id": ["u1", "u2"], "age": [31, None]})
    ratings = RATINGS.with_columns(value=pl.Series([1.0, 3.0, None]))
    report = write_tables(database, tables(users=users, ratings=ratings))
    after = graph()
    write_tables(database, tables(users=users, ratings=ratings))
    assert graph() == after
    assert ["User", {"id": "u1", "age": 31}] in after[0]
    assert [properties for _, type_, _, properties in after[1] if type_ == "RATED"] == [
        {"value": 1.0, "time": 7},
        {"value": 3.0, "time": 8},
        {},
    ]
    assert {part.created for part in (*report.nodes, *report.edges)} == {0}


def test_a_property_the_files_do_not_name_stays(database, look):
    write_tables(database, tables())
    look("MATCH (u:User {id: 'u1'})-[r:RATED]->() SET u.mine = 1, r.mine = 2")
    write_tables(database, tables())
    assert look("MATCH (u:User {id: 'u1'})-[r:RATED]->() RETURN u.mine, r.mine") == [[1, 2], [1, 2]]


def test_new_rows_join_those_that_are_there(database, graph):
    write_tables(database, tables(ratings=RATINGS[:1]))
    report = write_tables(database, tables())
    assert {part.name: part.created for part in report.edges} == {"User RATED Item": 2, "Item MADE_BY Entity": 0}
    assert len(graph()[1]) == 5


def test_loads_at_the_same_time_make_the_graph_of_one(database, graph, look, monkeypatch):
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", 50)
    users = pl.DataFrame({"id": [f"u{n}" for n in range(30)]})
    pairs = [(f"u{n}", item) for n in range(30) for item in ("i1", "i2")]
    ratings = pl.DataFrame(pairs, schema=["source", "target"], orient="row").with_columns(value=1.0, time=1)
    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(write_tables, database, tables(users=users, ratings=ratings)) for _ in range(4)]
        assert all(load.result().edges[0].without_end == 0 for load in loads)
    assert [(a, b) for a, type_, b, _ in graph()[1] if type_ == "RATED"] == sorted(pairs)
    assert look("MATCH (s:HoplineSchema) RETURN count(s)") == [[1]]


def test_parallel_relationships_that_were_there_are_updated_and_counted_once(database, graph, look):
    write_tables(database, tables())
    look("MATCH (u:User {id: 'u2'}), (i:Item {id: 'i1'}) CREATE (u)-[:RATED {value: 9}]->(i)")
    report = write_tables(database, tables())
    assert (report.edges[0].created, report.edges[0].without_end) == (0, 0)
    assert [edge for edge in graph()[1] if edge[0] == "u2"] == [["u2", "RATED", "i1", {"value": 2.5}]] * 2


def test_a_relationship_with_an_end_not_in_the_graph_is_counted_and_left_out(database, graph):
    ratings = pl.concat(
        [RATINGS, pl.DataFrame({"source": ["u1", "ghost"], "target": ["ghost", "i1"], "value": [1.0, 1.0], "time": [1, 1]})]
    )
    report = write_tables(database, tables(ratings=ratings))
    rated = report.edges[0]
    assert (rated.rows, rated.created, rated.without_end) == (5, 3, 2)
    assert "2 relationships were left out, as an end of theirs is not in the graph" in report.summary()
    assert len(graph()[0]) == 5


def test_keys_may_be_integers_and_then_are_integers(database, graph):
    users, items = USERS.with_columns(id=pl.Series([1, 2])), ITEMS.with_columns(id=pl.Series([10, 20]))
    ratings = RATINGS.with_columns(source=pl.Series([1, 1, 2]), target=pl.Series([10, 20, 10]))
    report = write_tables(database, tables(users, items, ratings=ratings, made=MADE.with_columns(source=pl.Series([10, 20]))))
    assert [part.without_end for part in report.edges] == [0, 0]
    assert {properties["id"] for label, properties in graph()[0] if label != "Entity"} == {1, 2, 10, 20}


def test_a_key_is_unique_in_its_label_by_a_constraint(database, look):
    write_tables(database, tables())
    found = look("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type RETURN labelsOrTypes[0], properties, type")
    assert {(label, *keys) for label, keys, type_ in found if "UNIQUE" in type_} >= {
        ("User", "id"),
        ("Item", "id"),
        ("Entity", "id"),
    }


def test_progress_goes_up_to_all_of_it(database, monkeypatch):
    monkeypatch.setattr("graph.write.edges.EDGES_A_BATCH", 2)
    heard = []
    write_tables(database, tables(), lambda *stage: heard.append(stage))
    assert [stage for stage in heard if stage[0] == "writing relationships"] == [
        ("writing relationships", done, 5) for done in (2, 3, 5)
    ]
    assert ("writing User nodes", 2, 2) in heard


def test_a_data_set_that_does_not_fit_the_graph_writes_nothing(database, graph):
    write_tables(database, tables())
    before = graph()
    guest = NodeKind(label="Guest", role=NodeRole.USER)
    saw = EdgeKind(source="Guest", type="SAW", target="Item", role=EdgeRole.INTERACTION)
    other = Tables(
        Schema(nodes=(guest, SCHEMA.items[0]), edges=(saw,)),
        (NodeTable("Guest", pl.DataFrame({"id": ["new"]})), NodeTable("Item", pl.DataFrame({"id": ["i1"]}))),
        (EdgeTable(saw, pl.DataFrame({"source": ["new"], "target": ["i1"]})),),
        set_aside.empty(),
    )
    with pytest.raises(SchemaError, match=r"does not fit the graph that is there: got 2 node kinds with role 'user'"):
        write_tables(database, other)
    assert graph() == before
    assert load_schema(database) == SCHEMA


def test_a_second_data_set_of_the_same_users_and_items_adds_to_the_schema(database):
    save_schema(database, SCHEMA)
    saw = EdgeKind(source="User", type="SAW", target="Item", role=EdgeRole.INTERACTION)
    untitled = SCHEMA.items[0].model_copy(update={"title": None})
    whole = save_schema(database, Schema(nodes=(SCHEMA.user, untitled), edges=(saw,)))
    assert whole == load_schema(database)
    assert {kind.type for kind in whole.edges} == {"RATED", "MADE_BY", "SAW"}
    assert whole.items[0].title is None


def test_other_items_of_the_same_users_become_a_domain_and_the_first_stays_the_default(database):
    song = NodeKind(label="Song", role=NodeRole.ITEM)
    heard = EdgeKind(source="User", type="HEARD", target="Song", role=EdgeRole.INTERACTION)
    save_schema(database, SCHEMA)
    whole = save_schema(database, Schema(nodes=(SCHEMA.user, song), edges=(heard,)))
    assert whole.items == (SCHEMA.items[0], song)
    assert save_schema(database, SCHEMA) == whole


def test_a_graph_without_a_schema_says_what_to_run(database):
    with pytest.raises(SchemaError, match="hopline import"):
        load_schema(database)


def test_a_schema_of_another_version_says_what_to_run(database, look):
    look("""CREATE (:HoplineSchema {name: 'schema', json: '{"nodes": 1}'})""")
    with pytest.raises(SchemaError, match="cannot be read"):
        load_schema(database)
