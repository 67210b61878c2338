"""The answer of a Cypher query is a data set: what it names is loaded, and it can change nothing."""

import pytest

from graph.errors import DatabaseError
from hopline.config import read_other_connection
from hopline.errors import ConfigError
from loaders.errors import InputError
from loaders.files import open_query, query
from tests.small_releases import rows

pytestmark = pytest.mark.integration

SHOP = """
UNWIND range(1, 5) AS n
CREATE (c:Customer {nr: n})-[:BOUGHT {on: datetime('2024-01-0' + n + 'T10:00:00Z'), pieces: 2.0}]->
       (:Product {sku: 'p' + n, tags: ['a b', 'c']}), (c)-[:SAW]->(:Product {sku: 'q' + n})
"""
BOUGHT = (
    "MATCH (c:Customer)-[b:BOUGHT]->(p) WHERE c.nr > $least RETURN c.nr AS user, p.sku AS item, b.on AS time, b.pieces AS value"
)


def ask(database, text, params=None, **how):
    with open_query(database, text, params or {}, **how) as stage:
        tables = list(stage.tables())
        return stage, [table for part in tables for table in part.edges], tables[0].nodes


def test_an_answer_is_interactions_by_the_names_of_its_columns(database, monkeypatch):
    monkeypatch.setattr(query, "ROWS_A_BATCH", 2)
    rows(database, SHOP)
    stage, (bought,), _ = ask(database, BOUGHT + " ORDER BY user", {"least": 2})
    assert bought.kind.triple == ("User", "INTERACTED", "Item")
    assert bought.frame.rows() == [(str(n), f"p{n}", 2.0, 1_704_016_800 + n * 86_400) for n in (3, 4, 5)]
    assert stage.notes[0].startswith("query: INTERACTED interactions, user for the user, item for the item (Item)")
    assert "RETURN … AS user" in stage.notes[1]


def test_a_column_of_types_and_lists_are_read(database):
    rows(database, SHOP)
    text = "MATCH (c:Customer)-[r]->(p) RETURN c.nr AS user, p.sku AS item, type(r) AS behaviour, p.tags AS item_tags"
    _, edges, nodes = ask(database, text)
    assert {table.kind.type: table.frame.height for table in edges} == {"BOUGHT": 5, "SAW": 5}
    items = next(table.frame for table in nodes if table.label == "Item")
    assert items.filter(id="p1").rows() == [("p1", ["a b", "c"])]


def test_a_mapping_explains_an_answer(database):
    rows(database, SHOP)
    edge = {"source": "Customer", "source_column": "c", "target": "Product", "target_column": "p", "type": "ORDERED"}
    text = "MATCH (c:Customer)-[:BOUGHT]->(p) RETURN c.nr AS c, p.sku AS p"
    _, (ordered,), _ = ask(database, text, mapping={"edges": [edge]})
    assert (ordered.kind.triple, ordered.frame.height) == (("Customer", "ORDERED", "Product"), 5)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (
            "CREATE (n:Made) RETURN n.id AS user, n.id AS item",
            DatabaseError,
            "while running the query: Writing in read access mode",
        ),
        ("MATCH (c:Customer RETURN c", DatabaseError, "while running the query: Invalid input"),
        ("RETURN $who AS user, 1 AS item", DatabaseError, r"Expected parameter\(s\): who"),
        ("MATCH (n:Nobody) RETURN n.id AS user, n.id AS item", InputError, "the query gave no rows"),
        ("MATCH (c:Customer)-->(p) RETURN c AS user, p.sku AS item", InputError, "column 'user' holds a Node; expected texts"),
        ("MATCH (c:Customer)-->(p) RETURN c.nr AS a, p.sku AS b", InputError, r"no table has a column of users .*query: a, b"),
    ],
)
def test_a_query_that_cannot_be_used_is_refused_and_changes_nothing(database, text, error, message):
    rows(database, SHOP)
    before = rows(database, "MATCH (n) RETURN count(n) AS number")
    with pytest.raises(error, match=message):
        ask(database, text)
    assert rows(database, "MATCH (n) RETURN count(n) AS number") == before


def test_the_command_asks_another_database_by_names_of_the_environment(hopline, database, monkeypatch):
    rows(database, SHOP)
    endpoint = database.endpoint
    monkeypatch.setenv("SHOP_URI", endpoint.uri)
    monkeypatch.setenv("SHOP_PASSWORD", endpoint.password.get_secret_value())
    monkeypatch.setenv("SHOP_USERNAME", endpoint.username)
    status, out, err = hopline("import", "--from", "SHOP", "--query", BOUGHT, "--param", "least=3")
    assert (status, "2 relationships" in out) == (0, True), err
    assert rows(database, "MATCH (u:User)-[r:INTERACTED]->(:Item) RETURN u.id AS id, r.value AS value ORDER BY id") == [
        {"id": "4", "value": 2.0},
        {"id": "5", "value": 2.0},
    ]
    monkeypatch.setenv("SHOP_PASSWORD", "not this one")
    status, _, err = hopline("import", "--from", "SHOP", "--query", BOUGHT, "--param", "least=3")
    assert (status, "refused user" in err, "SHOP_PASSWORD" in err, "not this one" in err) == (1, True, True, False)
    for wrong, message in (
        (["--query", BOUGHT, "--param", "least"], "expected NAME=VALUE"),
        (["--query", BOUGHT, "films"], "either a folder or file, or --query"),
        ([], "either a folder or file, or --query"),
        (["--query", BOUGHT, "--from", "NOWHERE"], "NOWHERE_URI is not set"),
    ):
        status, _, err = hopline("import", *wrong)
        assert (status, message in err) == (1, True), err


def test_another_database_needs_an_address(monkeypatch):
    monkeypatch.delenv("OTHER_URI", raising=False)
    with pytest.raises(ConfigError, match="OTHER_URI is not set; expected the address of the database to ask"):
        read_other_connection("OTHER")
    monkeypatch.setenv("OTHER_URI", "bolt://example.org")
    monkeypatch.setenv("OTHER_DATABASE", "shop")
    assert (read_other_connection("OTHER").uri, read_other_connection("OTHER").database) == ("bolt://example.org", "shop")
