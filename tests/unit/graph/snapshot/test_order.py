"""The order of relationships in a snapshot."""

from __future__ import annotations

import numpy as np

from graph.snapshot.order import Ends, order_rows
from graph.snapshot.rows import EdgeRows, InternalIndex


def _rows(number: int, num_nodes: int) -> EdgeRows:
    rng = np.random.default_rng(number)
    source, target, time = (rng.integers(0, num_nodes, number) for _ in range(3))
    return EdgeRows(np.arange(number), source, target, rng.integers(1, 4, number).astype(np.float32), time)


def test_relationships_that_are_not_gone_stand_by_ends_then_time_then_value():
    rows = _rows(200, 4)
    is_gone = np.arange(200) % 3 == 0
    order = order_rows(rows, Ends.of(rows.source, rows.target, 4), is_gone)
    there = [row for row in range(200) if not is_gone[row]]
    expected = sorted(there, key=lambda row: (rows.source[row], rows.target[row], rows.time[row], rows.value[row]))
    for column in (rows.source, rows.target, rows.time, rows.value):
        np.testing.assert_array_equal(column[order], column[expected])


def test_relationships_with_an_end_that_is_not_there_stand_before_all_others():
    rows = EdgeRows(np.arange(4), np.array([1, -1, 0, 2]), np.array([0, 3, -1, 1]))
    ends = Ends.of(rows.source, rows.target, 4)
    order = order_rows(rows, ends, None)
    assert ends.num_keyless(order) == 2
    np.testing.assert_array_equal(order, [1, 2, 0, 3])


def test_ends_of_some_and_then_others_are_those_of_all():
    rows = _rows(50, 9)
    first, last = (Ends.of(rows.source[part], rows.target[part], 9) for part in (slice(0, 40), slice(40, 50)))
    np.testing.assert_array_equal(first.joined(last).key, Ends.of(rows.source, rows.target, 9).key)


def test_an_internal_id_is_found_whether_ids_are_dense_or_far_apart():
    for ids in (np.array([3, 0, 2]), np.array([3, 10**15, 2]), np.array([], np.int64)):
        asked = np.array([2, 7, 3, 10**15, 10**16])
        expected = [next((row for row, known in enumerate(ids) if known == one), -1) for one in asked]
        np.testing.assert_array_equal(InternalIndex(ids).find(asked), expected)
