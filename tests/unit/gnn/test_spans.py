import numpy as np

from gnn.spans import rows_of_spans


def test_spans_follow_each_other_whatever_their_number_of_rows():
    rows, offsets = rows_of_spans(np.array([5, 0, 3]), np.array([2, 0, 3]))
    assert (rows.tolist(), offsets.tolist()) == ([5, 6, 3, 4, 5], [0, 2, 2, 5])
    rows, offsets = rows_of_spans(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert (rows.tolist(), offsets.tolist()) == ([], [0])
