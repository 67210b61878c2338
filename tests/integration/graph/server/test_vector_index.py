"""How the embedded server builds the vector indexes that answers come from."""

import pytest

from cypher import Access, Statement, load

pytestmark = pytest.mark.integration

MANY = 25_000  # Neo4j makes two or three graphs of so many, left to itself
WRITE = Statement(
    "test/write_vectors",
    "Nodes with vectors in all directions.",
    "UNWIND range(1, $number) AS n CREATE (:Item {v: [sin(n), sin(2.1 * n), sin(3.3 * n), sin(4.7 * n)]})",
    (),
    ("number",),
    (),
    Access.WRITE,
)
OPTIONS = Statement(
    "test/read_options",
    "What an index was made with.",
    "SHOW VECTOR INDEXES YIELD options RETURN options.indexConfig AS config",
    (),
    (),
    ("config",),
    Access.READ,
)


def test_an_index_of_many_vectors_is_one_graph_of_many_ways(database, server):
    database.write(WRITE, {"number": MANY})
    database.schema(
        load("publish/create_vector_index"), {"dimensions": 4}, {"index": "items", "label": "Item", "property": "v"}
    )
    database.read(load("schema/await_indexes"), {"timeout_s": 60})
    folders = [path for path in (server.home / "data").rglob("vector-*/*") if path.is_dir()]
    newest = max(folders, key=lambda folder: folder.stat().st_mtime)
    assert len(list(newest.rglob("*.si"))) == 1
    (row,) = database.read(OPTIONS)
    assert (row["config"]["vector.hnsw.m"], row["config"]["vector.hnsw.ef_construction"]) == (32, 200)
