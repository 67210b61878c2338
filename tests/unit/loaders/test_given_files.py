from dataclasses import replace

import numpy as np
import pytest

from loaders.errors import InputError
from loaders.interactions import InteractionLog
from loaders.item_space import ItemSpace
from loaders.splits import GivenFiles

USERS, ITEMS = ["ann", "b b", "東京\u2028"], ["`i`", "j", "🎬"]
PAIRS = [(user, item) for user in range(3) for item in range(3)]


def log(user_ids=USERS, item_ids=ITEMS):
    index = np.asarray(PAIRS)
    value = np.zeros(len(PAIRS), np.float32)
    return InteractionLog(
        index[:, 0], index[:, 1], value, None, np.asarray(user_ids), ItemSpace({"Item": np.asarray(item_ids)})
    )


def given_files(folder, train="ann\tj\n", valid="ann\t🎬\n", test="b b\t`i`\n"):
    for name, content in (("train", train), ("valid", valid), ("test", test)):
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return GivenFiles(*(folder / name for name in ("train", "valid", "test")))


def rows(*pairs):
    return sorted(PAIRS.index(pair) for pair in pairs)


def test_the_files_say_which_interactions_are_in_which_part(tmp_path):
    split = given_files(tmp_path, train="東京\u2028\tj\nann\tj\n").split(log())
    assert split.train.tolist() == rows((0, 1), (2, 1))
    assert split.valid.tolist() == rows((0, 2))
    assert split.test.tolist() == rows((1, 0))


def test_integer_ids_are_found_by_their_digits(tmp_path):
    split = given_files(tmp_path, "10\t7\n", "10\t8\n", "20\t7\n").split(log([10, 20, 30], [7, 8, 9]))
    assert [part.tolist() for part in (split.train, split.valid, split.test)] == [rows((0, 0)), rows((0, 1)), rows((1, 0))]


def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path):
    split = given_files(tmp_path, train=b"\xef\xbb\xbfann\tj\r\nb b\tj\r\n").split(log())
    assert split.train.tolist() == rows((0, 1), (1, 1))


def test_the_test_part_may_be_left_out(tmp_path):
    files = given_files(tmp_path)
    assert GivenFiles(files.train, files.valid).split(log()).test.tolist() == []


def test_without_a_file_to_validate_a_share_of_each_user_is_drawn_from_train(tmp_path):
    lines = "".join(f"{USERS[user]}\t{ITEMS[item]}\n" for user, item in PAIRS[:6])
    files = given_files(tmp_path, train=lines, test="東京\u2028\tj\n")
    split = GivenFiles(files.train, None, files.test, valid_share=0.4).split(log())
    assert sorted(user for user, _ in np.asarray(PAIRS)[split.valid]) == [0, 1]  # one of each one's three
    assert sorted([*split.train, *split.valid]) == list(range(6))
    assert split.test.tolist() == rows((2, 1))
    again = GivenFiles(files.train, None, files.test, valid_share=0.4).split(log())
    assert again.valid.tolist() == split.valid.tolist()


def test_lines_of_a_user_and_items_are_read_as_they_were_imported(tmp_path):
    numbers = log(["0", "1", "2"], ["0", "1", "2"])
    split = given_files(tmp_path, train="0 1 2\n2 0\n", valid="0 0\n", test="1 1\n2 \n").split(numbers)
    assert [part.tolist() for part in (split.train, split.valid, split.test)] == [
        rows((0, 1), (0, 2), (2, 0)),
        rows((0, 0)),
        rows((1, 1)),
    ]
    (tmp_path / "user_list.txt").write_text("org_id\tremap_id\nann\t0\nb b\t1\n東京\u2028\t2\n", encoding="utf-8")
    (tmp_path / "item_list.txt").write_text("org_id remap_id\n🎬 0\n`i` 1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"train, line 1: got '0 2'; item is not in item_list.txt"):
        GivenFiles(tmp_path / "train", None).split(log())
    split = GivenFiles(tmp_path / "test", None, tmp_path / "valid", valid_share=0.5).split(log())
    assert [part.tolist() for part in (split.train, split.valid, split.test)] == [rows((1, 0)), [], rows((0, 2))]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"train": "ann\tj\nann\n"}, r"train, line 2: got 'ann'; expected a user id", id="one field"),
        pytest.param({"train": "ann\tj\t5\n"}, r"train, line 1: got 'ann\\tj\\t5'", id="three fields"),
        pytest.param({"train": "ann j\n"}, r"train, line 1: got 'ann j'", id="spaces"),
        pytest.param({"train": "1 2\n"}, r"1 of 1 pairs are not in the graph", id="numbers"),
        pytest.param({"valid": ""}, r"valid is empty", id="empty"),
        pytest.param({"test": b"ann\t\xff\n"}, r"test is not UTF-8", id="not UTF-8"),
        pytest.param({"test": None}, r"there is no file .*test", id="missing"),
        pytest.param(
            {"test": "ann\t`i`\nann\tghost\nghost\tj\n"},
            r"2 of 3 pairs are not in the graph, the first in line 2 \(user 'ann', item 'ghost'\)",
            id="not in the graph",
        ),
        pytest.param({"test": "ann\tj\n"}, r"1 pairs of the split's files come twice", id="in two files"),
        pytest.param({"train": "ann\tj\nann\tj\n"}, r"1 pairs of the split's files come twice", id="twice in one"),
    ],
)
def test_files_that_do_not_fit_the_graph_are_refused(tmp_path, files, message):
    with pytest.raises(InputError, match=message):
        given_files(tmp_path, **files).split(log())


def test_an_id_that_a_user_met_in_two_domains_is_refused_and_in_one_of_them_is_found(tmp_path):
    space = ItemSpace({"Good": np.array([7, 8]), "Article": np.array(["7", "9"])})
    two = replace(log(), item_index=np.asarray([0, 1, 3] * 3), items=space)
    split = given_files(tmp_path, train="ann\t9\n", valid="ann\t7\n", test="b b\t8\n").split(two)
    assert [part.tolist() for part in (split.train, split.valid, split.test)] == [[2], [0], [4]]
    with pytest.raises(InputError, match="user 'ann' met an item '7' in each of two domains"):
        given_files(tmp_path).split(replace(two, item_index=np.asarray([0, 1, 2] * 3)))
