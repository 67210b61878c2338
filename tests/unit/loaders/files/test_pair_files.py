import pytest

from graph.schema import EdgeRole
from loaders.errors import InputError
from tests.small_formats import HIN
from tests.whole_tables import read_tables


def ids(tables):
    return {table.label: table.frame["id"].to_list() for table in tables.nodes}


def edges(tables):
    return {table.kind.triple: table.frame.rows() for table in tables.edges}


def test_names_of_files_say_the_labels_and_similarities_are_left_alone(folder):
    tables = read_tables(folder(HIN))
    assert ids(tables) == {"User": ["1", "2"], "Artist": ["46", "47"], "Tag": ["5", "6"]}
    assert edges(tables) == {
        ("User", "INTERACTED", "Artist"): [("1", "46", 13883.0), ("1", "47", 11690.0), ("2", "46", 3.0)],
        ("Artist", "HAS_TAG", "Tag"): [("46", "5"), ("47", "5"), ("46", "6")],
        ("User", "FRIEND", "User"): [("1", "2")],
    }
    assert [item.label for item in tables.schema.items] == ["Artist"]
    assert tables.set_aside.is_empty()


def test_items_are_what_has_most_files_of_its_own_then_what_users_have_most_to_do_with(folder):
    more = {"user_group.dat": "1\t1\n" * 9, "user_book.dat": "1\t1\t5\t978300760\n", "book_author.dat": "1\t2\n"}
    tables = read_tables(folder(more))
    assert [item.label for item in tables.schema.items] == ["Book"]
    assert edges(tables)["User", "INTERACTED", "Book"] == [("1", "1", 5.0, 978300760)]
    assert next(kind.role for kind in tables.schema.edges if kind.type == "HAS_GROUP") is EdgeRole.KNOWLEDGE
    (folder({}) / "book_author.dat").unlink()
    assert [item.label for item in read_tables(folder({})).schema.items] == ["Group"]


def test_spaces_may_stand_between_fields_and_relations_of_items_lead_both_ways(folder):
    tables = read_tables(folder({"user_film.dat": "1 2 3\n1 4 3\n", "film_film.dat": "2 4\n4 2\n"}))
    assert edges(tables) == {
        ("User", "INTERACTED", "Film"): [("1", "2", 3.0), ("1", "4", 3.0)],
        ("Film", "RELATED_TO", "Film"): [("2", "4")],
    }


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("user_artist.dat", "1\t46\n", (4, "ragged row: expected 3 fields", "1\t46")),
        ("user_artist.dat", "1\t9\tmany\n", (4, "value is not a number", "1\t9\tmany")),
        ("user_artist.dat", "\t46\t1\n", (4, "empty one", "\t46\t1")),
        ("artist_tag.dat", "46\t5\n", (4, "the same relationship came before, the first is kept", "46\t5")),
        ("user_user(original).dat", "2\t2\n", (3, "one and other are the same", "2\t2")),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_file_line_and_reason(folder, name, more, expected):
    assert read_tables(folder(HIN | {name: HIN[name] + more})).set_aside.rows() == [(name, *expected)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"user_user.dat": "1\t2\n", "a_b.dat": "1\t2\n"}, "expected user_ITEM.dat, such as user_artist.dat", id="no items"
        ),
        pytest.param(HIN | {"artist_tag.dat": "46\n"}, "artist_tag.dat: the first line has 1 fields ('46')", id="one column"),
        pytest.param(HIN | {"artist_tag.dat": "1\t2\t3\t4\t5\n"}, "has 5 fields", id="five columns"),
        pytest.param(
            HIN | {"artist_tag.dat": "artistID\ttagID\n1\t2\n"}, "the first line names columns ('artistID", id="header"
        ),
        pytest.param(HIN | {"artist_tag.dat": ""}, "artist_tag.dat is empty", id="empty"),
        pytest.param(HIN | {"artist_tag.dat": b"1\t\xe9\n"}, "artist_tag.dat is not UTF-8 (byte 2 is 0xe9)", id="encoding"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files))
    assert message in str(error.value)
