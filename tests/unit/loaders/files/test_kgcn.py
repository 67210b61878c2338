import pytest

from tests.whole_tables import read_tables

PLAYS = "userID\tartistID\tweight\n1\t7\t30\n1\t8\t2\n2\t7\t1\n3\t9\t4\n"
FILES = {
    "user_artists.dat": PLAYS,
    "kg.txt": "0\tmusic.artist.genre\t5\n1\tmusic.artist.genre\t5\n0\tinfluenced_by\t1\n",
    "item_index2entity_id.txt": "7\t0\n8\t1\n",
    "user_friends.txt": "1\t2\n2\t1\n3\t1\n",
}


def tables_of(folder, **changed):
    names = {"plays": "user_artists.dat", "kg": "kg.txt", "links": "item_index2entity_id.txt", "friends": "user_friends.txt"}
    return read_tables(folder(FILES | {names[key]: text for key, text in changed.items()}))


def edges(tables):
    return {table.kind.triple: table.frame.rows() for table in tables.edges}


def test_every_file_becomes_its_table(folder):
    tables = tables_of(folder)
    assert {table.label: table.frame["id"].to_list() for table in tables.nodes} == {
        "User": ["1", "2", "3"],
        "Item": ["7", "8", "9"],
        "Entity": ["5"],
    }
    assert edges(tables) == {
        ("User", "INTERACTED", "Item"): [("1", "7", 30.0), ("1", "8", 2.0), ("2", "7", 1.0), ("3", "9", 4.0)],
        ("User", "FRIEND", "User"): [("1", "2"), ("1", "3")],
        ("Item", "MUSIC_ARTIST_GENRE", "Entity"): [("7", "5"), ("8", "5")],
        ("Item", "INFLUENCED_BY", "Item"): [("7", "8")],
    }
    assert tables.set_aside.is_empty()
    assert tables.schema.interactions[0].value == "value"


def test_friends_may_be_left_out(folder):
    tables = read_tables(folder({name: text for name, text in FILES.items() if name != "user_friends.txt"}))
    assert ("User", "FRIEND", "User") not in edges(tables)


def test_line_ends_change_nothing(folder):
    plain = tables_of(folder)
    other = read_tables(folder({name: text.replace("\n", "\r\n") for name, text in FILES.items()}))
    assert edges(plain) == edges(other)


def test_someone_who_only_has_friends_is_a_user(folder):
    tables = tables_of(folder, friends="1\t404\n")
    assert tables.nodes[0].frame["id"].to_list() == ["1", "2", "3", "404"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"plays": PLAYS + "4\t7\n"}, ("user_artists.dat", 6, "ragged row: expected 3 fields", "4\t7")),
        ({"plays": PLAYS + "4\t7\tmany\n"}, ("user_artists.dat", 6, "weight is not a number", "4\t7\tmany")),
        ({"plays": PLAYS + "\t7\t1\n"}, ("user_artists.dat", 6, "empty user", "\t7\t1")),
        ({"plays": PLAYS + "1\t7\t5\n"}, ("user_artists.dat", 2, "repeated interaction, the latest is kept", "1\t7\t30")),
        ({"kg": FILES["kg.txt"] + "0\tgenre\n"}, ("kg.txt", 4, "ragged row: expected 3 fields", "0\tgenre")),
        (
            {"kg": FILES["kg.txt"] + "0\tinfluenced_by\t1\n"},
            ("kg.txt", 4, "head and relation and tail came before, the first is kept", "0\tinfluenced_by\t1"),
        ),
        ({"links": "7\t0\n404\t1\n"}, ("item_index2entity_id.txt", 2, "item is not in any interaction", "404\t1")),
        ({"links": "7\t0\n8\t404\n"}, ("item_index2entity_id.txt", 2, "entity is not in kg.txt", "8\t404")),
        ({"links": "7\t0\n7\t1\n"}, ("item_index2entity_id.txt", 2, "item came before, the first is kept", "7\t1")),
        ({"friends": "1\t2\n3\t3\n"}, ("user_friends.txt", 2, "one and other are the same", "3\t3")),
        ({"friends": "1\t2\n1\t2\n"}, ("user_friends.txt", 2, "the same relationship came before, the first is kept", "1\t2")),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_file_line_and_reason(folder, changed, expected):
    assert tables_of(folder, **changed).set_aside.rows() == [expected]


def test_prepared_files_have_one_numbering_for_items_and_entities(folder):
    ratings = "1\t7\t1\n1\t8\t0\n2\t8\t1\n2\t7\t5\n"
    tables = read_tables(folder({"ratings_final.txt": ratings, "kg_final.txt": "7\t0\t9\n8\t1\t7\n"}))
    assert {table.label: table.frame["id"].to_list() for table in tables.nodes} == {
        "User": ["1", "2"],
        "Item": ["7", "8"],
        "Entity": ["9"],
    }
    assert edges(tables) == {
        ("User", "INTERACTED", "Item"): [("1", "7"), ("2", "8")],
        ("Item", "0", "Entity"): [("7", "9")],
        ("Item", "1", "Item"): [("8", "7")],
    }
    assert [(line, reason) for _, line, reason, _ in tables.set_aside.iter_rows()] == [
        (2, "label 0: an item drawn at random, not an interaction"),
        (4, "the label is neither 0 nor 1"),
    ]
