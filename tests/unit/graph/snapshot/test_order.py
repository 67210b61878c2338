"""The order of relationships in a snapshot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.snapshot.order import Ends, Order, order_rows
from graph.snapshot.rows import EdgeRows, Patch


def _rows(number: int, num_nodes: int, seed: int = 0) -> EdgeRows:
    rng = np.random.default_rng(seed)
    source, target, time = (rng.integers(0, num_nodes, number) for _ in range(3))
    return EdgeRows(np.arange(number), source, target, rng.integers(1, 4, number).astype(np.float32), time)


def _ends(rows: EdgeRows, num_nodes: int) -> Ends:
    return Ends.of(rows.source, rows.target, num_nodes)


def _unpatched(rows: EdgeRows, num_nodes: int) -> Order:
    none = Patch.none(rows)
    return order_rows(rows, _ends(rows, num_nodes), none, _ends(none.new, num_nodes))


def _sorted(rows: EdgeRows) -> EdgeRows:
    def place(row: int) -> tuple[float, ...]:
        return rows.source[row], rows.target[row], rows.time[row], rows.value[row]

    return rows.take(np.asarray(sorted(range(len(rows)), key=place), np.int64))


@given(
    size=st.integers(0, 60),
    num_new=st.integers(0, 30),
    num_nodes=st.integers(1, 6),
    is_in_order=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_rows_and_a_patch_stand_by_ends_then_time_then_value(size, num_new, num_nodes, is_in_order, seed):
    rng = np.random.default_rng(seed)
    rows, new = _rows(size, num_nodes, seed), _rows(num_new, num_nodes, seed + 1)
    if is_in_order:
        rows = _sorted(rows)
    patch = Patch(rng.random(size) < 0.3, new)
    order = order_rows(rows, _ends(rows, num_nodes), patch, _ends(new, num_nodes))
    expected = _sorted(rows.take(~patch.gone).joined(new))
    for name in ("source", "target", "time", "value"):
        np.testing.assert_array_equal(order.take(getattr(rows, name), getattr(new, name)), getattr(expected, name))
        np.testing.assert_array_equal(getattr(rows.joined(new).take(order.rows), name), getattr(expected, name))


@pytest.mark.parametrize("gone", [[False] * 4, [False, True, False, False]])
def test_relationships_with_an_end_that_is_not_there_stand_before_all_others(gone):
    rows = EdgeRows(np.arange(4), np.array([1, -1, 0, 2]), np.array([0, 3, -1, 1]))
    new = EdgeRows(np.arange(4, 7), np.array([0, -1, 3]), np.array([0, 1, 3]))
    order = order_rows(rows, _ends(rows, 4), Patch(np.array(gone), new), _ends(new, 4))
    num_keyless = 3 - sum(gone)
    assert order.num_keyless == num_keyless
    assert set(order.rows[:num_keyless].tolist()) == {1, 2, 5} - set(np.flatnonzero(gone).tolist())
    np.testing.assert_array_equal(order.rows[num_keyless:], [4, 0, 3, 6])
    np.testing.assert_array_equal(order.keyed().take(rows.edge, new.edge), [4, 0, 3, 6])


def test_what_is_in_order_stays_as_it_is():
    rows = _sorted(_rows(200, 5))
    np.testing.assert_array_equal(_unpatched(rows, 5).rows, np.arange(200))
