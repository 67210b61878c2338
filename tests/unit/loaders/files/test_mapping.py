"""A mapping says which table holds what; a mistake in it is told with what was probably meant."""

import polars as pl
import pytest

from graph.schema import EdgeRole, FeatureType, NodeRole
from loaders.errors import InputError
from loaders.files import MAPPING_EXAMPLE, open_data_set
from loaders.files.mapping import read_mapping
from tests.whole_tables import read_tables

EDGE = '[[edges]]\nfile = "r.csv"\nsource = "User"\nsource_column = "u"\ntarget = "Film"\ntarget_column = "f"\n'
FILM = '[[nodes]]\nfile = "films.csv"\nlabel = "Film"\nkey = "id"\n'
FILES = {
    "r.csv": "u,f,stars,at\na,1,4,2024-01-01\nb,2,5,2024-01-02\n",
    "films.csv": "id,name,year\n1,Heat,1995\n2,Alien,1979\n",
}


def read(folder, mapping, files=FILES):
    return read_tables(folder(files | {"mapping.toml": mapping}))


def test_tables_are_read_as_the_mapping_says(folder):
    files = {
        "who.tsv": "name\tsort\tborn\tplaces\nann\tx\t1990-01-01\ta b;c\nbob\ty\t\t\n",
        "films.csv": 'id,name,year,vector\n1,"Heat, again",1995,1 2\n2,Alien,1979,3 4.5\n',
        "r.csv": "u,f,stars,at,what\nann,1,4,2024-01-01,SAW it\nbob,2,5,2024-01-02,bought\nbob,3,5,2024-01-02,bought\n",
        "k.data": "1|x\n1|1\n2|y\n",
        "f.csv": "one,other\nann,bob\nbob,ann\n",
    }
    mapping = """
[[nodes]]
file = "who.tsv"
label = "Person"
key = "name"
title = "name"
properties = { sort = "categorical", born = "date", places = "multi" }
separator = ";"
[[nodes]]
file = "films.csv"
label = "Film"
key = "id"
title = "name"
properties = { year = "numeric", vector = "vector" }
partial = true
[[edges]]
file = "r.csv"
source = "Person"
source_column = "u"
target = "Film"
target_column = "f"
type_column = "what"
value = "stars"
time = "at"
[[edges]]
file = "k.data"
columns = ["film", "about"]
delimiter = "|"
source = "Film"
source_column = "film"
target = "Thing"
target_column = "about"
role = "knowledge"
type = "ABOUT"
[[edges]]
file = "f.csv"
source = "Person"
source_column = "one"
target = "Person"
target_column = "other"
role = "social"
type = "FRIEND"
either_way = true
"""
    tables = read(folder, mapping, files)
    person, film, thing = tables.schema.nodes
    assert [(kind.label, kind.role) for kind in tables.schema.nodes] == [
        ("Person", NodeRole.USER),
        ("Film", NodeRole.ITEM),
        ("Thing", NodeRole.ENTITY),
    ]
    assert [(feature.name, feature.type) for feature in person.features] == [
        ("sort", FeatureType.CATEGORICAL),
        ("born", FeatureType.DATE),
        ("places", FeatureType.MULTI),
    ]
    assert [feature.type for feature in film.features] == [FeatureType.NUMERIC, FeatureType.VECTOR]
    frames = {table.label: table.frame for table in tables.nodes}
    assert frames["Person"].rows() == [("ann", "x", "1990-01-01", ["a b", "c"], "ann"), ("bob", "y", None, None, "bob")]
    assert frames["Film"].rows() == [
        ("1", 1995, [1.0, 2.0], "Heat, again"),
        ("2", 1979, [3.0, 4.5], "Alien"),
        ("3", None, None, None),
    ]
    assert thing.features == ()
    edges = {table.kind.type: table.frame for table in tables.edges}
    assert edges["SAW_IT"].rows() == [("ann", "1", 4.0, 1_704_067_200)]
    assert edges["BOUGHT"].height == 2
    assert edges["ABOUT"].rows() == [("1", "x"), ("1", "1"), ("2", "y")]
    assert edges["FRIEND"].rows() == [("ann", "bob")]
    assert {kind.role for kind in tables.schema.edges} == set(EdgeRole)


def test_properties_are_all_other_columns_or_those_listed(folder):
    tables = read(folder, FILM + EDGE)
    assert tables.nodes[1].frame.columns == ["id", "name", "year"]
    assert tables.edges[0].frame.columns == ["source", "target", "stars", "at"]
    tables = read(folder, FILM + 'properties = ["year"]\n' + EDGE + "properties = []\n")
    assert tables.nodes[1].frame.columns == ["id", "year"]
    assert tables.edges[0].frame.columns == ["source", "target"]


def test_a_fact_may_lead_back_to_where_it_comes_from(folder):
    files = FILES | {"k.csv": "a,b\n1,1\n1,2\n"}
    fact = (
        '[[edges]]\nfile = "k.csv"\nsource = "Film"\nsource_column = "a"\ntarget = "Film"\ntarget_column = "b"\ntype = "LIKE"\n'
    )
    tables = read(folder, EDGE + fact + 'role = "knowledge"\n', files)
    assert tables.edges[1].frame.rows() == [("1", "1"), ("1", "2")]


def test_one_file_needs_no_name_in_its_mapping(folder):
    path = folder({"clicks.csv": "u,f\na,1\n", "m.toml": EDGE.replace('file = "r.csv"\n', "")})
    with open_data_set(path / "clicks.csv", mapping=path / "m.toml") as data:
        assert data.num_edges == 1
    with pytest.raises(InputError, match="a table of the mapping names no file"), open_data_set(path, mapping=path / "m.toml"):
        pass


def test_a_row_of_nodes_that_does_not_fit_is_set_aside(folder):
    files = FILES | {"films.csv": "id,v,year\n1,1 x,\n2,1 2,\n3,,old\n4\n,1 2,\n5,3 inf,\n2,1 2,\n"}
    mapping = FILM + 'properties = { v = "vector", year = "numeric" }\n' + EDGE
    tables = read(folder, mapping, files)
    assert [row[:3] for row in tables.set_aside.rows()] == [
        ("films.csv", 2, "v is not a list of numbers"),
        ("films.csv", 4, "year is not a number"),
        ("films.csv", 5, "ragged row: expected 3 fields"),
        ("films.csv", 6, "empty id"),
        ("films.csv", 7, "v is not a list of numbers"),
        ("films.csv", 8, "id came before, the first is kept"),
        ("r.csv", 2, "f is not in films.csv"),
    ]


def test_ids_that_are_one_id_spelled_in_two_ways_are_set_aside(folder):
    files = {"r.csv": 'u,f\na,1\n"a ",2\nb,1.0\n'}
    tables = read(folder, EDGE, files)
    assert [row[1:3] for row in tables.set_aside.rows()] == [
        (3, "the id 'a ' is 'a' written otherwise; write both alike"),
        (4, "the id '1.0' is '1' written otherwise; write both alike"),
    ]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        pytest.param(
            EDGE + 'valu = "stars"\n', "edges.0.valu: there is no such key; known are .*did you mean 'value'", id="key"
        ),
        pytest.param('[[node]]\nlabel = "A"\n' + EDGE, "node: there is no such key; .*did you mean 'nodes'", id="section"),
        pytest.param(
            EDGE + 'value = "star"\n', "r.csv has no column 'star'; it has u, f, stars, at; did you mean 'stars'", id="column"
        ),
        pytest.param(
            FILM.replace('"id"', '"ids"') + EDGE, "films.csv has no column 'ids'; .*did you mean 'id'", id="key column"
        ),
        pytest.param(FILM + 'title = "nam"\n' + EDGE, "did you mean 'name'", id="title"),
        pytest.param(FILM + 'properties = ["yaer"]\n' + EDGE, "did you mean 'year'", id="property"),
        pytest.param(FILM.replace('key = "id"\n', "") + EDGE, "the label 'Film' has no key; name the column", id="no key"),
        pytest.param(FILM.replace("Film", "Fim") + EDGE, r"leads to or from 'Film', and \[\[nodes\]\] has 'Fim'", id="label"),
        pytest.param(
            FILM.replace("films", "film") + EDGE, "there is no file .*film.csv; .*did you mean 'films.csv'", id="file"
        ),
        pytest.param(FILM + FILM + EDGE, "several tables of Film; join them to one", id="label twice"),
        pytest.param(FILM + 'properties = { year = "number" }\n' + EDGE, "properties.year.*'numeric'.*got 'number'", id="kind"),
        pytest.param(EDGE + 'role = "knowledge"\n', "the role knowledge needs a type", id="no type"),
        pytest.param(EDGE + 'type = "A"\ntype_column = "at"\n', "got both type = 'A' and type_column = 'at'", id="two types"),
        pytest.param(EDGE + 'time = "u"\n', "one column of .*r.csv is named for two things", id="one column twice"),
        pytest.param(FILM, "edges: Field required", id="no edges"),
        pytest.param(EDGE + EDGE.replace("User", "Admin"), "2 node kinds with role 'user'", id="two kinds of users"),
        pytest.param(EDGE + 'role = "social"\ntype = "X"\n', "0 node kinds with role 'user'", id="no interaction"),
        pytest.param("[[edges]\n", "mapping.toml is not valid TOML", id="no TOML"),
        pytest.param("", "edges: Field required", id="empty"),
    ],
)
def test_a_mistake_is_told_with_what_was_probably_meant(folder, mapping, message):
    with pytest.raises(InputError, match=message):
        read(folder, mapping)


def test_a_mapping_that_is_not_there_or_with_another_format_is_refused(folder):
    path = folder(FILES)
    with pytest.raises(InputError, match="there is no mapping"), open_data_set(path, mapping=path / "m.toml"):
        pass
    with pytest.raises(InputError, match="a mapping is for tables"), open_data_set(path, "recbole", mapping=path / "m.toml"):
        pass


def test_a_mapping_reads_parquet(folder):
    path = folder({"mapping.toml": EDGE.replace("r.csv", "r.parquet") + 'value = "stars"\n'})
    pl.DataFrame({"u": [1, 2], "f": [1.0, 2.0], "stars": [None, 3]}).write_parquet(path / "r.parquet")
    assert read_tables(path).edges[0].frame.rows() == [("1", "1", None), ("2", "2", 3.0)]


def test_facts_may_be_of_any_number_of_types_and_behaviours_of_few(folder):
    files = FILES | {"k.csv": "a,b,r\n" + "".join(f"1,x,r{n}\n" for n in range(300))}
    fact = '[[edges]]\nfile = "k.csv"\nsource = "Film"\nsource_column = "a"\ntarget = "Thing"\ntarget_column = "b"\n'
    fact += 'type_column = "r"\n'
    assert len(read(folder, EDGE + fact + 'role = "knowledge"\n', files).schema.knowledge) == 300
    with pytest.raises(InputError, match="the column 'r' has more than 200 different values"):
        read(folder, EDGE + fact.replace('"Film"', '"User"'), files)


def test_the_example_of_the_help_is_a_mapping(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING_EXAMPLE, encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.toml")
    assert [nodes.label for nodes in mapping.nodes] == ["Film"]
    assert [(edges.source, edges.target) for edges in mapping.edges] == [("User", "Film")]
