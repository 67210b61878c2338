"""Where internal ids stand, whether they are dense or far apart."""

from __future__ import annotations

import numpy as np
import pytest

from graph.internal_ids import InternalIndex, each_once, rows_among, without


def test_an_internal_id_is_found_whether_ids_are_dense_or_far_apart():
    for ids in (np.array([3, 0, 2]), np.array([3, 10**15, 2]), np.array([], np.int64)):
        asked = np.array([2, 7, 3, 10**15, 10**16])
        expected = [next((row for row, known in enumerate(ids) if known == one), -1) for one in asked]
        np.testing.assert_array_equal(InternalIndex(ids).find(asked), expected)


@pytest.mark.parametrize("some", [[], [2], [9, 3, 2], [10**15, 3], [10**16]])
def test_rows_are_found_whether_the_ids_asked_for_are_near_or_far(some):
    ids = np.array([3, 0, 10**15, 2, 7])
    expected = [row for row, known in enumerate(ids) if known in some]
    np.testing.assert_array_equal(rows_among(ids, np.asarray(some, np.int64)), expected)


@pytest.mark.parametrize("ids", [[], [0], [5, 0, 5, 10**15, 0, 3]])
def test_ids_are_told_once_each_in_ascending_order(ids):
    assert each_once(np.asarray(ids, np.int64)).tolist() == sorted(set(ids))


@pytest.mark.parametrize("others", [[], [5], [10**15, 3, 10**16], [0, 1, 3, 5, 10**15]])
def test_what_is_among_others_is_left_out(others):
    ids = np.array([0, 3, 5, 10**15])
    assert without(ids, np.asarray(others, np.int64)).tolist() == [one for one in ids.tolist() if one not in others]
    assert without(ids[:0], np.asarray(others, np.int64)).tolist() == []
