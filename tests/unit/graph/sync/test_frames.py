"""Relationships come back from a file as they were, flags and widths included, and without being copied."""

import numpy as np
import pytest

from graph.snapshot.rows import EdgeRows
from graph.sync import cache
from graph.sync.frames import from_edges, from_mask, to_edges


def rows_of(size, **columns):
    numbers = np.arange(size, dtype=np.int32)
    return EdgeRows(numbers, numbers + 1, numbers.astype(np.int64) + 2**40, **columns)


def kept_in_file(rows, path):
    return cache._read(path, cache._write(from_edges(rows), path))


@pytest.mark.parametrize("size", [0, 1, 9])
def test_relationships_come_back_as_they_were(tmp_path, size):
    flags = np.arange(size) % 3 == 0
    rows = rows_of(
        size, value=np.full(size, np.nan, np.float32), time=np.arange(size) - 1, no_value=flags, no_time=np.zeros(size, bool)
    )
    back = to_edges(kept_in_file(rows, tmp_path / "edges.arrow"), None, None).base.columns()
    assert back.keys() == rows.columns().keys()
    for name, column in rows.columns().items():
        np.testing.assert_array_equal(back[name], column)
        assert back[name].dtype == column.dtype


def test_many_relationships_are_one_piece_however_many(tmp_path):
    frame = kept_in_file(rows_of(600_000), tmp_path / "edges.arrow")
    assert [column.n_chunks() for column in frame.get_columns()] == [1, 1, 1]


def test_what_is_gone_and_new_is_told_from_what_stays(tmp_path):
    base, new = from_edges(rows_of(4)), from_edges(rows_of(2))
    kept = to_edges(base, from_mask(np.array([False, True, False, True])), new)
    assert kept.present().edge.tolist() == [0, 2, 0, 1]
