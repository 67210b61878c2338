import pytest

from loaders.errors import InputError
from loaders.files import blocks
from tests.small_formats import BEHAVIOURS, LIGHTGCN
from tests.whole_tables import read_tables

LISTS = {
    "user_list.txt": "org_id remap_id\nann 0\nbob 1\neve 2\n",
    "item_list.txt": "org_id\tremap_id\nx y\t0\nz\t1\nv\t2\nw\t3\n",
}


def ids(tables):
    return {table.label: table.frame["id"].to_list() for table in tables.nodes}


def edges(tables):
    return {table.kind.type: table.frame.rows() for table in tables.edges}


def left_out(tables):
    return tables.set_aside.rows()


def test_lines_of_train_and_test_become_interactions(folder):
    tables = read_tables(folder(LIGHTGCN))
    assert ids(tables) == {"User": ["0", "1"], "Item": ["0", "1", "2", "3"]}
    assert edges(tables) == {"INTERACTED": [("0", "0"), ("0", "1"), ("0", "2"), ("1", "1"), ("0", "3")]}
    assert left_out(tables) == [("test.txt", 2, "no item comes after the user", "1 ")]


def test_lists_give_ids_to_numbers_and_name_those_whom_nothing_is_known_of(folder):
    tables = read_tables(folder(LIGHTGCN | LISTS))
    assert ids(tables) == {"User": ["ann", "bob", "eve"], "Item": ["x y", "z", "v", "w"]}
    assert edges(tables)["INTERACTED"] == [("ann", "x y"), ("ann", "z"), ("ann", "v"), ("bob", "z"), ("ann", "w")]


def test_other_behaviours_are_kinds_of_their_own_and_train_and_test_are_purchases(folder):
    assert edges(read_tables(folder(BEHAVIOURS))) == {
        "BOUGHT": [("0", "7"), ("0", "8"), ("1", "8"), ("0", "9")],
        "ADDED_TO_CART": [("0", "7"), ("0", "3")],
        "VIEWED": [("1", "7"), ("1", "8"), ("1", "9")],
    }


def test_spaces_tabs_line_ends_and_blocks_change_nothing(folder, monkeypatch):
    plain = edges(read_tables(folder({"train.txt": "0 1 2\n1 2\n"})))
    assert edges(read_tables(folder({"train.txt": " 0\t1  2 \r\n\r\n1 2"}), "lightgcn")) == plain
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 3)
    assert edges(read_tables(folder({"train.txt": "0 1 2\n1 2\n"}))) == plain


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"train.txt": "0 1\n1\n   \n"}, [("train.txt", 2, "no item comes after the user", "1"),
                                       ("train.txt", 3, "no item comes after the user", "   ")]),
        ({"train.txt": "0 1 2 1\n"}, [("train.txt", 1, "repeated interaction, the latest is kept", "0 1")]),
        ({"train.txt": "0 1\n", "test.txt": "0 1\n"}, [("train.txt", 1, "repeated interaction, the latest is kept", "0 1")]),
        (LISTS | {"train.txt": "0 1 9\n7 1 2\n"}, [
            ("train.txt", 1, "item is not in item_list.txt", "0 9"),
            ("train.txt", 2, "user is not in user_list.txt", "7 1"),
            ("train.txt", 2, "user is not in user_list.txt", "7 2"),
        ]),
        ({"train.txt": "0 1\n", "user_list.txt": "org_id remap_id\na 0\na 1\nb 0\nc\n 2\n"}, [
            ("user_list.txt", 3, "org_id came before, the first is kept", "a 1"),
            ("user_list.txt", 4, "remap_id came before, the first is kept", "b 0"),
            ("user_list.txt", 5, "ragged row: expected 2 fields", "c"),
            ("user_list.txt", 6, "empty org_id", " 2"),
        ]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_set_aside_item_by_item(folder, files, expected):
    assert left_out(read_tables(folder(files))) == expected


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"test.txt": "0 1\n"}, "there is no file", id="no train"),
        pytest.param({"train.txt": ""}, "train.txt is empty", id="empty"),
        pytest.param({"train.txt": "0\n1\n"}, "2 × no item comes after the user", id="no items"),
        pytest.param({"train.txt": b"0 1\n\xe9 2\n"}, "train.txt is not UTF-8 (byte 4 is 0xe9)", id="encoding"),
        pytest.param(
            LIGHTGCN | {"item_list.txt": "id number\n0 1\n"}, "missing column org_id, remap_id; it has id, number", id="list"
        ),
        pytest.param(LIGHTGCN | {"item_list.txt": "org_id remap_id\n"}, "item_list.txt has no usable row", id="empty list"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files), "lightgcn")
    assert message in str(error.value)
