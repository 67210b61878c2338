"""Lines as they come, whatever the pieces in which they come."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import InputError
from loaders.event_lines import read_file_lines, read_lines


class Pieces(io.BufferedIOBase):
    def __init__(self, data, sizes):
        self.data, self.sizes = data, sizes

    def read1(self, size=-1):
        number = min(size, self.sizes.pop(0) if self.sizes else size)
        piece, self.data = self.data[:number], self.data[number:]
        return piece


def lines(data, sizes=(), max_bytes=100):
    return [line for chunk in read_lines(Pieces(data, list(sizes)), max_bytes) for line in chunk]


@given(st.binary(max_size=200), st.lists(st.integers(1, 20), max_size=30))
def test_the_pieces_make_no_difference(data, sizes):
    assert lines(data, sizes) == lines(data)


def test_lines_are_numbered_and_empty_ones_left_out():
    assert lines(b"\xef\xbb\xbfa\n\n  \nb\r\nc") == [(1, b"a"), (4, b"b\r"), (5, b"c")]


def test_what_has_come_is_given_before_more_is_read():
    file = Pieces(b"a\nb\nc", [4, 1])
    assert next(read_lines(file, 100)) == [(1, b"a"), (2, b"b")]
    assert file.data == b"c"


def test_of_a_long_line_no_more_is_kept_than_shows_that_it_is_long():
    data = b"x" * 1_000_000 + b"\nshort\n"
    assert lines(data, max_bytes=10) == [(1, b"x" * 11), (2, b"short")]
    assert lines(data, [7] * 100, max_bytes=10) == [(1, b"x" * 11), (2, b"short")]


def test_a_file_may_be_compressed_and_must_be_whole(tmp_path):
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert list(read_file_lines(path, 10)) == [[(1, b"a"), (2, b"b")], []]
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(InputError, match="see that it is whole"):
        list(read_file_lines(path, 10))
    with pytest.raises(InputError, match="there is no file"):
        list(read_file_lines(tmp_path / "none.jsonl", 10))
