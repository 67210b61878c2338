"""Data sets as their makers give them out, imported into a real Neo4j by the command line."""

import json

import pytest

from tests.small_formats import AMAZON_2014, BEHAVIOURS, KGAT
from tests.small_releases import rows

pytestmark = pytest.mark.integration


@pytest.fixture
def imported(hopline, tmp_path):
    """Write a folder, import it, and return the report."""

    def run(name, files):
        folder = tmp_path / name
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        status, out, err = hopline("import", folder, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return run


def test_amazon_reviews_and_goods_are_in_the_graph_and_a_second_import_changes_nothing(imported, hopline, tmp_path, database):
    report = imported("amazon-books", AMAZON_2014)
    assert {part["name"]: part["created"] for part in report["written"]["nodes"]} == {
        "User": 2,
        "Item": 3,
        "Brand": 1,
        "Category": 2,
    }
    assert report["set_aside"] == {}
    found = rows(
        database,
        "MATCH (u:User)-[r:RATED]->(i:Item)-[:HAS_CATEGORY]->(c:Category {id: 'Poetry'}) "
        "RETURN u.id AS user, r.value AS rating, i.title AS title, i.categories AS categories ORDER BY user",
    )
    assert [tuple(row.values()) for row in found] == [
        ("A1", 5.0, 'Peter\'s "Tale"', ["Books", "Poetry"]),
        ("A2", 4.0, 'Peter\'s "Tale"', ["Books", "Poetry"]),
    ]
    status, out, _ = hopline("import", tmp_path / "amazon-books", "--json")
    written = json.loads(out)["written"]
    assert (status, {part["created"] for kind in ("nodes", "edges") for part in written[kind]}) == (0, {0})


def test_kgat_items_are_the_entities_that_facts_are_of(imported, database):
    imported("amazon-book", KGAT)
    (found,) = rows(
        database, "MATCH (:User {id: 'A8'})-[:INTERACTED]->(i)-[:BOOK_PART]->(j:Item) RETURN i.id AS whole, j.id AS part"
    )
    assert (found["whole"], found["part"]) == ("B5", "B6")


def test_behaviours_of_lines_have_types_of_their_own(imported, database, hopline):
    imported("taobao", BEHAVIOURS)
    found = rows(database, "MATCH (:User)-[r]->(:Item) RETURN type(r) AS type, count(*) AS number ORDER BY type")
    assert {row["type"]: row["number"] for row in found} == {"ADDED_TO_CART": 2, "BOUGHT": 4, "VIEWED": 3}
    status, out, _ = hopline("import", "--help")
    assert status == 0
    assert all(name in out for name in ("movielens", "amazon", "lightgcn", "kgat", "hin"))
