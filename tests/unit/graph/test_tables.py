import polars as pl
import pytest

from graph.errors import SchemaError
from graph.schema import EdgeKind, EdgeRole
from graph.tables import SET_ASIDE_COLUMNS, EdgeTable, NodeTable, Tables
from loaders import set_aside
from tests.small_graphs import SCHEMA

RATED = SCHEMA.edges[0]
ENDS = pl.DataFrame({"source": ["u"], "target": ["i"]})


def test_tables_that_fit_the_schema_are_taken():
    tables = Tables(SCHEMA, (NodeTable("User", pl.DataFrame({"id": ["u"]})),), (EdgeTable(RATED, ENDS),), set_aside.empty())
    assert tuple(tables.set_aside.columns) == SET_ASIDE_COLUMNS


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        pytest.param((NodeTable("Song", pl.DataFrame({"id": ["s"]})),), (), "no label 'Song'", id="an undeclared label"),
        pytest.param((NodeTable("User", pl.DataFrame({"name": ["u"]})),), (), "lacks its key column 'id'", id="no key"),
        pytest.param((NodeTable("User", pl.DataFrame({"id": ["u", "u"]})),), (), "missing or repeated keys", id="a key twice"),
        pytest.param((NodeTable("User", pl.DataFrame({"id": ["u", None]})),), (), "missing or repeated keys", id="a null key"),
        pytest.param(
            (),
            (EdgeTable(EdgeKind(source="User", type="SAW", target="Item", role=EdgeRole.INTERACTION), ENDS),),
            "is not in the schema",
            id="an undeclared edge kind",
        ),
        pytest.param(
            (), (EdgeTable(RATED.model_copy(update={"value": None}), ENDS),), "is not in the schema", id="another value"
        ),
        pytest.param((), (EdgeTable(RATED, ENDS.drop("source")),), "lacks 'source' or 'target'", id="no source"),
        pytest.param((), (EdgeTable(RATED, ENDS.drop("target")),), "lacks 'source' or 'target'", id="no target"),
        pytest.param((), (EdgeTable(RATED, pl.concat([ENDS, ENDS])),), "repeats 1 pairs of ends", id="a pair twice"),
    ],
)
def test_tables_that_do_not_fit_the_schema_are_refused(nodes, edges, message):
    with pytest.raises(SchemaError, match=message):
        Tables(SCHEMA, nodes, edges, set_aside.empty())
