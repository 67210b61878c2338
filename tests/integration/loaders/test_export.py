"""What is written to files and read into an empty database is the same graph."""

import pytest

from graph.schema_store import load_schema
from graph.snapshot import read_snapshot
from graph.write import GraphWriter, write_tables
from loaders.export import WRITERS, prepare_folder
from loaders.files import open_data_set
from tests.small_changes import check_equal
from tests.small_files import write_checkerboard
from tests.small_releases import rows
from tests.small_tables import small_tables

pytestmark = pytest.mark.integration


def load(database, path):
    """Load a folder into an emptied database; return the snapshot and the schema it declared."""
    rows(database, "MATCH (n) DETACH DELETE n")
    with open_data_set(path) as data:
        writer = GraphWriter(database, data.schema)
        for part in data.tables():
            writer.write(part)
    schema = load_schema(database)
    return read_snapshot(database, schema), schema


def export(snapshot, folder, format):
    return WRITERS[format](snapshot, prepare_folder(folder, format), lambda *_: None)


RICH = {
    "mapping.toml": """
[[nodes]]
file = "people.csv"
label = "Person"
key = "id"
title = "name"
properties = { age = "numeric", town = "categorical", born = "date", story = "text" }
[[nodes]]
file = "films.csv"
label = "Film"
key = "id"
title = "id"
properties = { genres = "multi", vector = "vector", year = "numeric" }
separator = ";"
[[nodes]]
file = "songs.csv"
label = "A Song's `label`"
key = "id"
properties = []
[[edges]]
file = "films-met.csv"
source = "Person"
source_column = "p"
target = "Film"
target_column = "f"
type_column = "what"
value = "v"
time = "t"
[[edges]]
file = "songs-met.csv"
source = "Person"
source_column = "p"
target = "A Song's `label`"
target_column = "s"
type = "HEARD"
[[edges]]
file = "facts.csv"
source = "Film"
source_column = "a"
target = "Film"
target_column = "b"
type_column = "r"
role = "knowledge"
[[edges]]
file = "likes.csv"
source = "Person"
source_column = "a"
target = "Person"
target_column = "b"
type = "FOLLOWS"
role = "social"
""",
    "people.csv": (
        'id,name,age,town,born,story\n"a, b","Ann ""A""",30.5,X,1990-01-01,"two\nlines"\nb,,,Y,,\n007,Bo,-2,X,,s\nalone,,,,,\n'
    ),
    "films.csv": 'id,genres,vector,year\n1,"war ; very sad",0.5;1,1999\n2,;,1e-3;2,\n3,,,2001\n',
    "songs.csv": "id\n1\n2\n",
    "films-met.csv": (
        'p,f,what,v,t\n"a, b",1,view,4.1,2024-01-01\nb,1,buy,,\n007,2,view,0.3333333,2023-11-14T22:13:20Z\nb,2,view,,\n'
    ),
    "songs-met.csv": 'p,s\nb,1\n007,2\n"a, b",2\n',
    "facts.csv": "a,b,r\n1,1,same as\n1,2,sequel\n2,3,same as\n",
    "likes.csv": 'a,b\nb,007\n007,b\n"a, b",b\n',
}


def test_parquet_gives_back_all_that_the_schema_names(database, tmp_path):
    (tmp_path / "in").mkdir()
    for name, text in RICH.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    before, schema = load(database, tmp_path / "in")
    report = export(before, tmp_path / "out", "parquet")
    assert report.notes == ()
    assert {file.path.name: file.rows for file in report.files} == {
        "Person.parquet": 4,
        "Film.parquet": 3,
        "A_Song_s_label_.parquet": 2,
        "Person-interaction-Film.parquet": 4,
        "Person-HEARD-A_Song_s_label_.parquet": 3,
        "Film-knowledge-Film.parquet": 3,
        "Person-FOLLOWS-Person.parquet": 3,
    }
    after, schema_after = load(database, tmp_path / "out")
    assert schema_after == schema
    check_equal(after, before)
    assert before.nodes["Film"].columns["vector"] == [[0.5, 1.0], [0.001, 2.0], None]
    assert before.nodes["Film"].columns["genres"] == [["war", "very sad"], [], None]


@pytest.mark.parametrize("format", WRITERS)
def test_a_recbole_data_set_survives_either_format(database, tmp_path, format):
    films = write_checkerboard(tmp_path / "films")
    users = [f"u{n}\t{20 + n}\t{'f' if n % 2 else 'm'}\t{n / 7:.3f} 1" for n in range(24)]
    header = "user_id:token\tage:float\tgender:token\ttaste:float_seq"
    (films / "films.user").write_text("\n".join([header, *users]) + "\n")
    (films / "films.net").write_text("source_id:token\ttarget_id:token\nu1\tu2\nu2\tu1\n")
    before, schema = load(database, films)
    assert export(before, tmp_path / "out", format).notes == ()
    after, schema_after = load(database, tmp_path / "out")
    assert schema_after == schema
    check_equal(after, before)


def test_behaviours_survive_recbole(database, tmp_path):
    (tmp_path / "in").mkdir()
    lines = ["u\ti\tclick\t\t1700000000", "u\ti\tbuy\t2.5\t", "v\tj\tclick\t\t1700000001"]
    head = "user_id:token\titem_id:token\tbehavior:token\trating:float\ttimestamp:float"
    (tmp_path / "in" / "a.inter").write_text("\n".join([head, *lines]) + "\n")
    before, _ = load(database, tmp_path / "in")
    export(before, tmp_path / "out", "recbole")
    check_equal(load(database, tmp_path / "out")[0], before)


def test_what_recbole_cannot_hold_is_told(database, tmp_path):
    write_tables(database, small_tables())
    snapshot = read_snapshot(database, load_schema(database))
    assert export(snapshot, tmp_path / "out", "recbole").notes == (
        "spaces within the categories of Item.genres are written as _",
    )
    after, schema = load(database, tmp_path / "out")
    assert len(schema.knowledge) == 4
    assert [len(after.edges[kind.triple].source) for kind in schema.knowledge] != []
