"""An id written in two ways is one id; the plainer spelling is kept, the other's rows are set aside and told."""

import polars as pl
import pytest

from loaders.files.spelling import other_spellings
from tests.whole_tables import read_tables

HEAD = "user_id:token\titem_id:token\n"


@pytest.mark.parametrize(
    ("ids", "others"),
    [
        ([" 1", "1"], [(" 1", "1")]),
        (["1.0", "1"], [("1.0", "1")]),
        (["1", "1.00", "1 "], [("1.00", "1"), ("1 ", "1")]),
        (["e\u0301", "\u00e9"], [("e\u0301", "\u00e9")]),
        (["1.0", " 1"], [(" 1", "1.0")]),
        (["1.0", "2.0"], []),
        (["1", "01", "1.5"], []),
        (["a", "A"], []),
        ([], []),
    ],
)
def test_of_two_spellings_the_plainer_or_else_the_earlier_is_kept(ids, others):
    assert other_spellings(pl.Series(ids, dtype=pl.String)).rows() == others


def test_rows_of_another_spelling_are_set_aside_and_told(folder):
    tables = read_tables(folder({"a.inter": HEAD + "1.0\ti\n1\tj\n2.0\ti\ne\u0301\ti\n\u00e9\ti\n"}))
    assert tables.nodes[0].frame["id"].to_list() == ["1", "2.0", "\u00e9"]
    assert [(line, reason) for _, line, reason, _ in tables.set_aside.iter_rows()] == [
        (2, "the id '1.0' is '1' written otherwise; write both alike"),
        (5, r"the id 'e\u0301' is '\xe9' written otherwise; write both alike"),
    ]


def test_a_file_of_nodes_has_no_two_spellings_of_an_id(folder):
    tables = read_tables(folder({"a.inter": HEAD + "u\t1\n", "a.item": "item_id:token\n1\n 1\n"}))
    assert tables.nodes[1].frame["id"].to_list() == ["1"]
    assert tables.set_aside.rows() == [("a.item", 3, "the id ' 1' is '1' written otherwise; write both alike", " 1")]
