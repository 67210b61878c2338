"""Graphs that others made, by plain Cypher, get the schema that a person would have written."""

import pytest

from graph.errors import SchemaError
from graph.inspect import propose_schema
from graph.schema import EdgeRole, NodeRole
from tests.small_releases import rows

pytestmark = pytest.mark.integration

MOVIES = """
UNWIND range(1, 30) AS n
CREATE (:Movie {title: 'Movie ' + n, released: 1980 + n}), (:Person {name: 'Person ' + n, born: 1950 + n})
"""
WEBSHOP = """
UNWIND range(1, 40) AS n
CREATE (:Customer {customerID: 'C' + n, city: ['Oslo', 'Rome'][n % 2]}), (:Product {productID: n, price: n * 1.5})
"""


def kinds(proposal, role):
    return {edge.triple for edge in proposal.schema.edges if edge.role is role}


def test_films_people_and_reviews_leave_acting_to_knowledge(database):
    rows(database, MOVIES)
    rows(
        database,
        "MATCH (p:Person), (m:Movie) WITH p, m, toInteger(substring(p.name, 7)) AS a, toInteger(substring(m.title, 6)) AS b "
        "FOREACH (_ IN CASE WHEN (a + b) % 3 = 0 THEN [1] ELSE [] END | CREATE (p)-[:ACTED_IN {roles: ['x']}]->(m)) "
        "FOREACH (_ IN CASE WHEN (a + b) % 5 = 0 THEN [1] ELSE [] END | CREATE (p)-[:REVIEWED {rating: a, summary: 's'}]->(m)) "
        "FOREACH (_ IN CASE WHEN b = 1 THEN [1] ELSE [] END | MERGE (p)-[:FOLLOWS]->(p))",
    )
    proposal = propose_schema(database)
    assert kinds(proposal, EdgeRole.INTERACTION) == {("Person", "REVIEWED", "Movie")}
    assert kinds(proposal, EdgeRole.KNOWLEDGE) == {("Person", "ACTED_IN", "Movie")}
    assert kinds(proposal, EdgeRole.SOCIAL) == {("Person", "FOLLOWS", "Person")}
    (reviewed,) = proposal.schema.interactions
    assert (reviewed.value, reviewed.time) == ("rating", None)
    assert proposal.schema.node("Movie").key == "title"


def test_interactions_kept_from_item_to_user_are_turned_round(database):
    rows(database, WEBSHOP)
    rows(
        database,
        "MATCH (c:Customer), (p:Product) WHERE (p.productID + size(c.customerID)) % 4 = 0 "
        "CREATE (p)-[:PURCHASED_BY {on: date('2024-01-01') + duration({days: p.productID})}]->(c)",
    )
    (bought,) = propose_schema(database).schema.interactions
    assert (bought.triple, bought.reversed, bought.time) == (("Customer", "PURCHASED_BY", "Product"), True, "on")


def test_names_that_say_nothing_are_read_by_what_the_relationships_carry(database):
    rows(
        database,
        "UNWIND range(1, 30) AS n CREATE (:`Ta b``1` {k: n}), (:T2 {k: 'k' + n}) "
        "WITH count(*) AS _ MATCH (a:`Ta b``1`), (b:T2) WHERE (a.k + toInteger(substring(b.k, 1))) % 3 = 0 "
        "CREATE (a)-[:`x y` {score: a.k % 5, w: timestamp() - a.k * 1000}]->(b)",
    )
    (one,) = propose_schema(database).schema.interactions
    assert (one.triple, one.value, one.time) == (("Ta b`1", "x y", "T2"), "score", "w")


def test_a_label_that_all_nodes_have_says_nothing_and_one_within_another_brings_nothing(database):
    rows(
        database,
        "UNWIND range(1, 30) AS n CREATE (:Resource:User {uri: 'u' + n}), (:Resource:Book:Novel {uri: 'b' + n}) "
        "WITH count(*) AS _ MATCH (a:User), (b:Book) WHERE rand() < 0.9 CREATE (a)-[:READ]->(b)",
    )
    proposal = propose_schema(database)
    assert {node.label for node in proposal.schema.nodes} == {"User", "Book"}
    assert any("Resource" in note and "Novel" in note for note in proposal.notes)


def test_thousands_of_types_with_a_few_relationships_each(database):
    rows(database, WEBSHOP)
    rows(database, "MATCH (c:Customer), (p:Product) CREATE (c)-[:BOUGHT]->(p)")
    rows(
        database,
        "MATCH (p:Product {productID: 1}) UNWIND range(1, 1500) AS n "
        "CREATE (p)-[:$('fact ' + n)]->(:Thing {name: 'n' + n % 7})",
    )
    proposal = propose_schema(database)
    assert len(proposal.schema.knowledge) == 1500
    assert proposal.schema.node("Thing").role is NodeRole.ENTITY


@pytest.mark.parametrize(
    ("made", "message"),
    [
        pytest.param("RETURN 1", "no labelled nodes", id="an empty database"),
        pytest.param(
            "UNWIND range(1, 9) AS n CREATE (:Gene {id: n})-[:PART_OF]->(:Pathway {id: n})",
            r"found no what users did|Gene \(9\)",
            id="no interactions",
        ),
        pytest.param(
            "UNWIND range(1, 9) AS n "
            "CREATE (:Customer {id: n})-[:PLACED]->(:Order {id: n})-[:CONTAINS]->(:Product {id: n % 3})",
            r"\(u:`Customer`\)-\[:`PLACED`\]->\(:`Order`\)-\[:`CONTAINS`\]->\(i:`Product`\) MERGE \(u\)-\[:CHOSE\]->\(i\)",
            id="interactions over a node between",
        ),
        pytest.param(
            "UNWIND range(1, 9) AS n CREATE (:User {id: n})-[:RATED]->(:Film {year: n % 2})",
            "nothing tells one Film from another.*they have year.*randomUUID",
            id="items without a key",
        ),
    ],
)
def test_what_cannot_be_learnt_from_is_told_with_what_there_is_and_what_to_do(database, made, message):
    rows(database, made)
    with pytest.raises(SchemaError, match=message):
        propose_schema(database)


def test_who_is_who_can_be_said(database):
    rows(database, "UNWIND range(1, 9) AS n CREATE (:Gene {id: n})-[:PART_OF]->(:Pathway {id: n})")
    (one,) = propose_schema(database, user="Gene", items=["Pathway"]).schema.interactions
    assert one.triple == ("Gene", "PART_OF", "Pathway")
    with pytest.raises(SchemaError, match="no label Pathwy; it has Gene, Pathway"):
        propose_schema(database, items=["Pathwy"])
