import polars as pl
import pytest

from graph.schema import FeatureType, NodeRole
from loaders.errors import InputError
from tests.whole_tables import read_tables

INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
FULL = {
    "a.inter": INTER + "u1\ti1\t4\t100\nu1\ti2\t2.5\t200.4\nu2\ti1\t\t\n",
    "a.user": "user_id:token\tage:float\tjob:token\nu1\t30\tcook\nu2\t\tcook\nu3\t50\tpilot\n",
    "a.item": "item_id:token\tmovie_title:token_seq\tclass:token_seq\ni1\tThe  Third Man\tCrime  Noir\ni2\tM\t\n",
    "a.kg": "head_id:token\trelation_id:token\ttail_id:token\nm1\tfilm.director\tm9\nm9\tborn in\tm7\nm2\tsequel\tm1\n",
    "a.link": "item_id:token\tentity_id:token\ni1\tm1\ni2\tm2\n",
}


def nodes(tables, label):
    return next(table.frame for table in tables.nodes if table.label == label)


def edges(tables):
    return {table.kind.triple: table.frame.rows() for table in tables.edges}


def test_every_file_becomes_its_table(folder):
    tables = read_tables(folder(FULL))
    assert nodes(tables, "User").to_dicts() == [
        {"id": "u1", "age": 30, "job": "cook"},
        {"id": "u2", "age": None, "job": "cook"},
        {"id": "u3", "age": 50, "job": "pilot"},
    ]
    assert nodes(tables, "Item").to_dicts() == [
        {"id": "i1", "movie_title": "The  Third Man", "class": ["Crime", "Noir"]},
        {"id": "i2", "movie_title": "M", "class": None},
    ]
    assert edges(tables)["User", "RATED", "Item"] == [("u1", "i1", 4.0, 100), ("u1", "i2", 2.5, 200), ("u2", "i1", None, None)]
    assert tables.set_aside.is_empty()


def test_a_linked_item_is_its_entity(folder):
    tables = read_tables(folder(FULL))
    assert nodes(tables, "Entity")["id"].to_list() == ["m9", "m7"]
    facts = {triple: rows for triple, rows in edges(tables).items() if triple[1] != "RATED"}
    assert facts == {
        ("Item", "FILM_DIRECTOR", "Entity"): [("i1", "m9")],
        ("Entity", "BORN_IN", "Entity"): [("m9", "m7")],
        ("Item", "SEQUEL", "Item"): [("i2", "i1")],
    }


def test_without_links_items_and_entities_are_apart(folder):
    tables = read_tables(folder({name: text for name, text in FULL.items() if name != "a.link"}))
    assert sorted(nodes(tables, "Entity")["id"]) == ["m1", "m2", "m7", "m9"]
    assert {triple[::2] for triple in edges(tables)} == {("User", "Item"), ("Entity", "Entity")}


def test_interactions_alone_are_a_data_set(folder):
    tables = read_tables(folder({"a.inter": "user_id:token\titem_id:token\nu\ti\nu\tj\nv\ti\n"}))
    assert nodes(tables, "User")["id"].to_list() == ["u", "v"]
    assert nodes(tables, "Item")["id"].to_list() == ["i", "j"]
    assert edges(tables) == {("User", "INTERACTED", "Item"): [("u", "i"), ("u", "j"), ("v", "i")]}
    (kind,) = tables.schema.interactions
    assert (kind.value, kind.time) == (None, None)


def test_an_item_met_only_in_unusable_rows_is_no_node(folder):
    tables = read_tables(folder({"a.inter": INTER + "u\ti\t1\t1\nv\tj\t1\t1\n", "a.user": "user_id:token\nu\n"}))
    assert nodes(tables, "Item")["id"].to_list() == ["i"]


def test_the_schema_names_roles_title_and_features(folder):
    schema = read_tables(folder(FULL)).schema
    assert {node.label: node.role for node in schema.nodes} == {
        "User": NodeRole.USER,
        "Item": NodeRole.ITEM,
        "Entity": NodeRole.ENTITY,
    }
    assert schema.items[0].title == "movie_title"
    assert {f.name: f.type for f in schema.user.features} == {"age": FeatureType.NUMERIC, "job": FeatureType.CATEGORICAL}
    assert {f.name: f.type for f in schema.items[0].features} == {"class": FeatureType.MULTI}


@pytest.mark.parametrize("kind", ["token", "token_seq"])
def test_a_title_of_many_words_stays_whole(folder, kind):
    titles = ["One Flew Over the Cuckoo's Nest", 'The "Burbs"', "七人の侍 1954"]
    items = "".join(f"{number}\t{title}\n" for number, title in enumerate(titles))
    tables = read_tables(folder({"a.inter": INTER + "u\t0\t1\t1\n", "a.item": f"item_id:token\tname:{kind}\n{items}"}))
    assert nodes(tables, "Item")["name"].to_list() == titles


def test_numbers_in_tokens_are_numbers_when_they_vary_and_repeat(folder):
    years, codes = [1950 + n % 15 for n in range(80)], [n * 7 for n in range(80)]
    items = "".join(f"{n}\t{year}\t{code}\n" for n, (year, code) in enumerate(zip(years, codes, strict=True)))
    tables = read_tables(
        folder({"a.inter": INTER + "u\t0\t1\t1\n", "a.item": f"item_id:token\tyear:token\tcode:token\n{items}"})
    )
    frame = nodes(tables, "Item")
    assert frame["year"].to_list() == years
    assert frame["code"].to_list() == [str(code) for code in codes]
    assert {f.name: f.type for f in tables.schema.items[0].features} == {"year": FeatureType.NUMERIC}


@pytest.mark.parametrize("odd", ["1e300", "inf", "nan", "9007199254740994"])
def test_a_token_that_no_number_should_be_stays_text(folder, odd):
    values = [odd, *(str(n % 12) for n in range(79))]
    items = "".join(f"{n}\t{value}\n" for n, value in enumerate(values))
    tables = read_tables(folder({"a.inter": INTER + "u\t0\t1\t1\n", "a.item": f"item_id:token\tcode:token\n{items}"}))
    assert nodes(tables, "Item")["code"].to_list() == values


def test_a_property_named_as_the_key_gets_a_name_of_its_own(folder):
    files = {"a.inter": INTER + "u\ti\t1\t1\n", "a.item": "item_id:token\tid:token\tid_:token\ni\tx\ty\n"}
    assert nodes(read_tables(folder(files)), "Item").to_dicts() == [{"id": "i", "id__": "x", "id_": "y"}]


@pytest.mark.parametrize(
    "odd",
    [
        "o'Neil",
        'say "hi"',
        "`tick`",
        "two words",
        " lead",
        "Ålesund",
        "東京",
        "🎬👩‍🚀",
        "a\u2028b",
        "a\x85b",
        "$x {y} \\u0060",
        "#",
        "NULL",
    ],
)
def test_an_id_is_kept_as_it_is_written(folder, odd):
    files = {
        "a.inter": f"user_id:token\titem_id:token\n{odd}\t{odd}\n",
        "a.item": f"item_id:token\n{odd}\n",
        "a.user": f"user_id:token\n{odd}\n",
        "a.kg": f"head_id:token\trelation_id:token\ttail_id:token\n{odd}\t{odd}\tother\n",
        "a.link": f"item_id:token\tentity_id:token\n{odd}\t{odd}\n",
    }
    tables = read_tables(folder(files))
    assert nodes(tables, "User")["id"].to_list() == nodes(tables, "Item")["id"].to_list() == [odd]
    rated, fact = (table.frame.rows() for table in tables.edges)
    assert (rated, fact) == ([(odd, odd)], [(odd, "other")])
    assert tables.set_aside.is_empty()


def test_line_ends_and_a_byte_order_mark_change_nothing(folder, tmp_path):
    plain = read_tables(folder(FULL))
    other = read_tables(folder({name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in FULL.items()}))
    assert plain.schema == other.schema
    for one, two in zip((*plain.nodes, *plain.edges), (*other.nodes, *other.edges), strict=True):
        assert one.frame.equals(two.frame)


def test_a_last_line_without_its_end_and_blank_lines_change_nothing(folder):
    text = "user_id:token\titem_id:token\nu\ti\n\nv\ti"
    tables = read_tables(folder({"a.inter": text}))
    assert tables.edges[0].frame.rows() == [("u", "i"), ("v", "i")]
    assert tables.set_aside.is_empty()


def test_reading_twice_gives_the_same_tables(folder):
    path = folder(FULL)
    one, two = read_tables(path), read_tables(path)
    assert one.schema == two.schema
    assert all(a.frame.equals(b.frame) for a, b in zip((*one.nodes, *one.edges), (*two.nodes, *two.edges), strict=True))
    assert isinstance(one.set_aside, pl.DataFrame)


def test_a_column_of_behaviours_becomes_a_kind_of_interaction_each(folder):
    rows = "u\ti\tview\t\t5\nu\ti\tbuy\t2\t6\nu\ti\tview\t\t7\nv\ti\tadd to cart\t\t8\n"
    inter = "user_id:token\titem_id:token\tbehavior:token\trating:float\ttimestamp:float\n"
    tables = read_tables(folder({"a.inter": inter + rows}))
    assert edges(tables) == {
        ("User", "VIEW", "Item"): [("u", "i", 7)],
        ("User", "BUY", "Item"): [("u", "i", 2.0, 6)],
        ("User", "ADD_TO_CART", "Item"): [("v", "i", 8)],
    }
    assert [kind.value for kind in tables.schema.interactions] == [None, "value", None]
    assert tables.set_aside.rows() == [("a.inter", 2, "repeated interaction, the latest is kept", "u\ti\tview\t\t5")]


def test_a_column_of_too_many_behaviours_is_none(folder):
    rows = "".join(f"u\ti\tb{n}\n" for n in range(201))
    with pytest.raises(InputError, match="'event' has more than 200 different values"):
        read_tables(folder({"a.inter": "user_id:token\titem_id:token\tevent:token\n" + rows}))


def test_who_follows_whom_is_social(folder):
    net = "source_id:token\ttarget_id:token\nu\tv\nv\tu\nu\tu\nu\tv\n"
    tables = read_tables(folder({"a.inter": "user_id:token\titem_id:token\nu\ti\n", "a.net": net}))
    assert nodes(tables, "User")["id"].to_list() == ["u", "v"]
    assert edges(tables)["User", "FOLLOWS", "User"] == [("u", "v"), ("v", "u")]
    assert [(line, reason) for _, line, reason, _ in tables.set_aside.iter_rows()] == [
        (4, "source_id and target_id are the same"),
        (5, "the same relationship came before, the first is kept"),
    ]
