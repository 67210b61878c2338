import pytest

from loaders.errors import InputError
from tests.small_formats import KGAT
from tests.whole_tables import read_tables

BARE = {name: text for name, text in KGAT.items() if not name.endswith("_list.txt")}


def ids(tables):
    return {table.label: table.frame["id"].to_list() for table in tables.nodes}


def edges(tables):
    return {table.kind.triple: table.frame.rows() for table in tables.edges}


def test_an_item_is_the_entity_of_its_number_and_lists_give_ids(folder):
    tables = read_tables(folder(KGAT))
    assert ids(tables) == {"User": ["A9", "A8"], "Item": ["B5", "B6"], "Entity": ["m.07", "m.08"]}
    assert edges(tables) == {
        ("User", "INTERACTED", "Item"): [("A9", "B5"), ("A9", "B6"), ("A8", "B6"), ("A8", "B5")],
        ("Item", "BOOK_GENRE", "Entity"): [("B5", "m.07"), ("B6", "m.07")],
        ("Entity", "BOOK_PART", "Entity"): [("m.07", "m.08")],
        ("Item", "BOOK_PART", "Item"): [("B5", "B6")],
    }
    items = next(table.frame for table in tables.nodes if table.label == "Item")
    assert items["freebase_id"].to_list() == ["m.05", "m.06"]
    assert tables.set_aside.is_empty()


def test_without_lists_numbers_are_ids(folder):
    tables = read_tables(folder(BARE))
    assert ids(tables) == {"User": ["0", "1"], "Item": ["0", "1"], "Entity": ["2", "3"]}
    assert edges(tables)["Item", "0", "Entity"] == [("0", "2"), ("1", "2")]


def test_entities_without_a_list_do_not_get_in_the_way_of_items_ids(folder):
    files = {name: text for name, text in KGAT.items() if name != "entity_list.txt"} | {
        "item_list.txt": "org_id remap_id\n2 0\n3 1\n"
    }
    tables = read_tables(folder(files))
    assert ids(tables) == {"User": ["A9", "A8"], "Item": ["2", "3"], "Entity": ["2", "3"]}
    assert edges(tables)["Item", "BOOK_GENRE", "Entity"] == [("2", "2"), ("3", "2")]


def test_relations_whose_last_parts_are_alike_keep_their_whole_names(folder):
    relations = "org_id remap_id\nhttp://a/ns/genre 0\nhttp://b/ns/genre 1\n"
    types = {kind.type for kind in read_tables(folder(KGAT | {"relation_list.txt": relations})).schema.knowledge}
    assert types == {"HTTP_A_NS_GENRE", "HTTP_B_NS_GENRE"}


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("kg_final.txt", "0 0\n", (5, "ragged row: expected 3 fields", "0 0")),
        ("kg_final.txt", "0 0 2\n", (5, "head and relation and tail came before, the first is kept", "0 0 2")),
        ("kg_final.txt", "0 0 9\n", (5, "tail is not in entity_list.txt", "0 0 9")),
        ("kg_final.txt", "0 9 2\n", (5, "relation is not in relation_list.txt", "0 9 2")),
        ("entity_list.txt", "m.07 9\n", (6, "org_id came before, the first is kept", "m.07 9")),
        ("relation_list.txt", "a b c\n", (4, "ragged row: expected 2 fields", "a b c")),
        ("item_list.txt", "B7 0 m.1\n", (4, "remap_id came before, the first is kept", "B7 0 m.1")),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_file_line_and_reason(folder, name, more, expected):
    assert read_tables(folder(KGAT | {name: KGAT[name] + more})).set_aside.rows() == [(name, *expected)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"kg_final.txt": "0 0 2\n"}, "train.txt", id="no train"),
        pytest.param(BARE | {"kg_final.txt": ""}, "kg_final.txt is empty", id="empty"),
        pytest.param(BARE | {"kg_final.txt": "0,0,2\n"}, "1 × ragged row: expected 3 fields", id="separator"),
        pytest.param(
            KGAT | {"entity_list.txt": "org_id remap_id\nm.99 99\n"}, "4 × head is not in entity_list.txt", id="entities"
        ),
        pytest.param({"train.txt": "0 1\n"}, "there is no file", id="no facts"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files), "kgat")
    assert message in str(error.value)
