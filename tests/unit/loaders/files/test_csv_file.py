"""Fields in quotation marks may hold anything; a row that does not fit is set aside, whatever stands around it."""

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.errors import InputError
from loaders.files import blocks, records
from loaders.files.csv_file import CsvFile
from loaders.files.rows import LINE, RAW, Rows

FIELD = st.text(st.sampled_from(["a", "é", '"', ",", "\n", "\t", " ", ";", "\u2028", "'"]), max_size=6)


def read(path, **how):
    whole = Rows.joined(list(CsvFile(path, **how).batches()))
    return whole.frame.drop(LINE, RAW).rows(), [(line, reason) for _, line, reason, _ in whole.left_out().iter_rows()]


@given(rows=st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=30), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(deadline=None, max_examples=100)
def test_what_the_standard_library_wrote_is_read_back_whatever_the_size_of_a_block(rows, quoting):
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([("x", "y", "z"), *rows])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        path = Path(folder, "a.csv")
        path.write_bytes(text.getvalue().encode())
        for size in (1 << 24, 7):
            patched.setattr(blocks, "BLOCK_BYTES", size)
            assert read(path, delimiter=",") == (rows, [])


@pytest.mark.parametrize(
    ("text", "rows", "apart"),
    [
        pytest.param("x,y\n1,2\n3\n4,5,6\n7,8\n", [("1", "2"), ("7", "8")], [3, 4], id="ragged"),
        pytest.param('x,y\n1,"2\n3"\n4\n', [("1", "2\n3")], [4], id="a line within a field is no line of its own"),
        pytest.param('x,y\n1,5" disk\n2,3\n', [("1", '5" disk'), ("2", "3")], [], id="a mark within an open field"),
        pytest.param('x,y\n1,"two\n2,3\n4,5\n', [("2", "3"), ("4", "5")], [2], id="a field that nothing closes"),
        pytest.param(
            'x,y\n1,"two\n2,3\n4,"five\n6,"a,b"\n7,8" disk\n9,"end\n',
            [("2", "3"), ("6", "a,b"), ("7", '8" disk')],
            [2, 4, 7],
            id="fields that nothing closes, and rows between them",
        ),
        pytest.param(f'x,y\n1,"{"é" * 200_000}"\n', [("1", "é" * 200_000)], [], id="a long field"),
        pytest.param('x,y\n1,"a"b\n2,3\n', [("2", "3")], [2], id="text after a closing mark"),
        pytest.param('x,y\n1,"a","b"\n2,3\n', [("2", "3")], [2], id="ragged and quoted"),
        pytest.param('x,y\r\n1,"a\r\nb"\r\n', [("1", "a\nb")], [], id="line ends of Windows"),
        pytest.param('"x","y, z"\n1,2\n', [("1", "2")], [], id="a quoted header"),
        pytest.param("x,y\n\n1,2\n\n", [("1", "2")], [], id="empty lines"),
    ],
)
def test_a_row_that_does_not_fit_is_set_aside_alone(folder, text, rows, apart):
    found, left_out = read(folder({"a.csv": text}) / "a.csv")
    assert found == rows
    assert [line for line, _ in left_out] == apart


def test_a_mark_that_is_never_closed_costs_one_row(folder, monkeypatch):
    monkeypatch.setattr(records, "MOST_LINES", 5)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 16)
    lines = ['"open,1', *(f"{n},1" for n in range(20)), '"end""",1', '"a\nb",1']
    found, left_out = read(folder({"a.csv": "x,y\n" + "\n".join(lines) + "\n"}) / "a.csv")
    assert found == [*((str(n), "1") for n in range(20)), ('end"', "1"), ("a\nb", "1")]
    assert left_out == [(2, "quotation marks that do not fit")]


@pytest.mark.parametrize(
    ("name", "text", "columns"),
    [
        ("a.csv", "user;item\n1;2,5\n", ("user", "item")),
        ("a.csv", "user|item\n1|2\n", ("user", "item")),
        ("a.csv", '"a;b",c\n1,2\n', ("a;b", "c")),
        ("a.csv", "user,a;b;c;d\n1,2\n", ("user", "a;b;c;d")),
        ("a.tsv", "user,a\titem\n1\t2\n", ("user,a", "item")),
        ("a.txt", "user\titem\n1\t2\n", ("user", "item")),
        ("a.csv", "\ufeffuser , item\n1,2\n", ("user", "item")),
        ("a.csv", ",user\n0,1\n", ("column 1", "user")),
    ],
)
def test_the_delimiter_is_told_by_the_lines(folder, name, text, columns):
    assert CsvFile(folder({name: text}) / name).columns == columns


def test_names_may_be_given_for_a_file_without_a_header(folder):
    assert read(folder({"u.data": "1\t2\n3\t4\n"}) / "u.data", names=("x", "y")) == ([("1", "2"), ("3", "4")], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.csv is empty; expected a header line and rows"),
        (b"x,x\n1,2\n", r"a column is named twice: \['x', 'x'\]"),
        (b'"x,y\n1,2\n', "a.csv: quotation marks that do not fit in the first line"),
        (b"x,y\n\xe9,2\n", "a.csv is not UTF-8 .* give `--encoding latin-1`"),
        ("x,y\n1,2\n".encode("utf-16-le"), "it may be utf-16: give `--encoding utf-16`"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(folder, content, message):
    with pytest.raises(InputError, match=message):
        read(folder({"a.csv": content}) / "a.csv")


def test_a_file_is_read_in_its_encoding(folder):
    assert read(folder({"a.csv": "x\né\n".encode("latin-1")}) / "a.csv", encoding="latin-1") == ([("é",)], [])


def test_rows_stand_in_the_order_of_the_file(folder):
    rows = [f'"{n}",a' if n % 3 else f"{n},a" for n in range(50)]
    source = CsvFile(folder({"a.csv": "n,x\n" + "\n".join(rows) + "\n"}) / "a.csv")
    (batch,) = source.batches()
    assert batch.frame[LINE].is_sorted()
    assert batch.frame["n"].cast(pl.Int64).to_list() == list(range(50))
