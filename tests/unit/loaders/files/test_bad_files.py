"""A file or folder that cannot be used is refused, in a sentence that names it and says what was expected."""

import pytest

from loaders.errors import InputError
from loaders.files import READERS
from tests.whole_tables import read_tables

INTER = "user_id:token\titem_id:token\trating:float\n"
GOOD = {"a.inter": INTER + "u\ti\t1\n"}
KG = "head_id:token\trelation_id:token\ttail_id:token\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"a.inter": "user_id:token\trating:float\nu\t1\n"}, "a.inter: missing column item_id", id="column"),
        pytest.param(GOOD | {"a.item": "id:token\ni\n"}, "a.item: missing column item_id", id="item column"),
        pytest.param(GOOD | {"a.user": "id:token\ni\n"}, "a.user: missing column user_id", id="user column"),
        pytest.param(GOOD | {"a.kg": "head_id:token\nm\n"}, "a.kg: missing column relation_id, tail_id", id="kg column"),
        pytest.param(
            GOOD | {"a.kg": KG + "m\tr\tn\n", "a.link": "item_id:token\ni\n"},
            "a.link: missing column entity_id",
            id="link column",
        ),
        pytest.param({"a.inter": "user_id\titem_id\nu\ti\n"}, "name:type", id="no types"),
        pytest.param({"a.inter": "u\ti\t1\n"}, "name:type", id="no header"),
        pytest.param({"a.inter": "user_id:token\titem_id:text\nu\ti\n"}, "one of token, token_seq", id="unknown type"),
        pytest.param({"a.inter": "user_id:token\t:token\nu\ti\n"}, "name:type", id="no name"),
        pytest.param({"a.inter": "user_id:token\titem_id:token\titem_id:token\nu\ti\tj\n"}, "named twice", id="twice"),
        pytest.param({"a.inter": ""}, "a.inter is empty", id="empty"),
        pytest.param({"a.inter": b"\xef\xbb\xbf"}, "a.inter is empty", id="only a byte order mark"),
        pytest.param({"a.inter": INTER}, "a.inter has no usable row: it has a header and no rows", id="header only"),
        pytest.param(GOOD | {"a.item": "item_id:token\n"}, "a.item has no usable row", id="item header only"),
        pytest.param(GOOD | {"a.kg": KG}, "a.kg has no usable row", id="kg header only"),
        pytest.param(GOOD | {"a.kg": ""}, "a.kg is empty", id="kg empty"),
        pytest.param({"a.inter": INTER + "u\ti\tx\n\ti\t1\n"}, "1 × rating is not a number", id="no usable row"),
        pytest.param(GOOD | {"a.item": "item_id:token\nj\n"}, "1 × item_id is not in a.item", id="no known item"),
        pytest.param(
            {"a.inter": INTER.encode() + b"u\xe9\ti\t1\n"},
            "a.inter is not UTF-8 (byte 42 is 0xe9); it may be latin-1: give `--encoding latin-1`",
            id="Latin-1",
        ),
        pytest.param(
            {"a.inter": (INTER + "u\ti\t1\n").encode("utf-16-le")}, "name each column as name:type", id="UTF-16 without a mark"
        ),
        pytest.param(GOOD | {"b.inter": GOOD["a.inter"]}, "2 .inter files (['a.inter', 'b.inter'])", id="two .inter"),
        pytest.param(GOOD | {"a.item": "", "b.item": ""}, "2 .item files", id="two .item"),
        pytest.param(GOOD | {"a.link": "item_id:token\tentity_id:token\ni\tm\n"}, "no .kg file", id="link without kg"),
    ],
)
def test_a_recbole_data_set_that_cannot_be_used_is_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files))
    assert message in str(error.value)


PLAYS = "userID\tartistID\tweight\n1\t7\t3\n"
KGCN = {"user_artists.dat": PLAYS, "kg.txt": "0\tr\t1\n", "item_index2entity_id.txt": "7\t0\n"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"user_artists.dat": "userID\tartistID\n1\t7\n"}, "expected three: a user, an item, a weight", id="column"
        ),
        pytest.param({"user_artists.dat": "1\t7\t3\n1\t8\t3\n"}, "expected the names of the columns", id="no header"),
        pytest.param(
            {"user_artists.dat": "userID\tartistID\tweight\n"}, "user_artists.dat has no usable row", id="header only"
        ),
        pytest.param({"user_artists.dat": ""}, "user_artists.dat is empty", id="empty"),
        pytest.param({"kg.txt": ""}, "kg.txt is empty", id="kg empty"),
        pytest.param({"kg.txt": "0 r 1\n"}, "1 × ragged row: expected 3 fields", id="kg by spaces"),
        pytest.param({"item_index2entity_id.txt": None}, "there is no file", id="no links"),
        pytest.param(
            {"user_friends.txt": b"\xff\xfe\n"}, "user_friends.txt is not UTF-16", id="friends not what their mark says"
        ),
    ],
)
def test_a_kgcn_data_set_that_cannot_be_used_is_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder({name: text for name, text in (KGCN | files).items() if text is not None}))
    assert message in str(error.value)


def test_a_folder_that_is_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"there is no file or folder .*nowhere"):
        read_tables(tmp_path / "nowhere")


def test_a_folder_of_no_known_format_is_told_what_it_has_and_what_is_known(folder):
    with pytest.raises(InputError) as error:
        read_tables(folder({"ratings.xlsx": "1,2\n"}))
    assert "ratings.xlsx" in str(error.value)
    assert all(reader.name in str(error.value) for reader in READERS)


def test_an_unknown_format_is_told_what_is_known(folder):
    with pytest.raises(InputError, match=r"'csv'.*recbole"):
        read_tables(folder(GOOD), "csv")


@pytest.mark.parametrize(("name", "message"), [("recbole", "0 .inter files"), ("kgcn", "there is no file")])
def test_a_format_asked_for_needs_its_files(folder, name, message):
    with pytest.raises(InputError, match=message):
        read_tables(folder({}), name)
