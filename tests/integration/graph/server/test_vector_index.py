"""How the embedded server builds the vector indexes that answers come from."""

import pytest

from cypher import Access, Statement, load
from graph.database import Database
from graph.server.lifecycle import down
from graph.settings import ConnectionSettings, ServerSettings

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


@pytest.fixture
def settings(tmp_path):
    """A server of its own, as one that so many nodes were deleted from gives their ids before any others."""
    settings = ServerSettings(home=tmp_path / "home", heap_mb=512)
    yield settings
    down(settings)


def test_an_index_of_many_vectors_is_one_graph_of_many_ways(settings):
    with Database.connect(ConnectionSettings(uri=None, database="neo4j"), settings) as database:
        database.write(WRITE, {"number": MANY})
        database.schema(
            load("publish/create_vector_index"), {"dimensions": 4}, {"index": "items", "label": "Item", "property": "v"}
        )
        database.read(load("schema/await_indexes"), {"timeout_s": 60})
        assert len(list((settings.home / "data").rglob("vector-*/**/*.si"))) == 1
        (row,) = database.read(OPTIONS)
    assert (row["config"]["vector.hnsw.m"], row["config"]["vector.hnsw.ef_construction"]) == (32, 200)
