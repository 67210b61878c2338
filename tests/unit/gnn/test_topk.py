import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnn.topk import NOTHING, top_k


def plain_top_k(scores, k):
    """The definition: sort by falling score, then by rising index; drop minus infinity; fill up."""
    rows = []
    for row in scores:
        order = sorted((i for i in range(len(row)) if row[i] > -np.inf), key=lambda i: (-row[i], i))[:k]
        rows.append(order + [NOTHING] * (k - len(order)))
    return np.array(rows)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 40), st.integers(1, 50), st.integers(1, 5))
def test_agrees_with_a_plain_sort_however_many_tie(seed, num_rows, num_items, k, num_values):
    rng = np.random.default_rng(seed)
    values = np.array([-np.inf, -1, 0, 0.5, np.inf], np.float32)[:num_values]
    scores = rng.choice(values, size=(num_rows, num_items))
    np.testing.assert_array_equal(top_k(scores, k), plain_top_k(scores, k))


@pytest.mark.parametrize("k", [1, 20, 299, 300, 301])
def test_agrees_with_a_plain_sort_of_distinct_scores(k):
    scores = np.random.default_rng(1).standard_normal((30, 300)).astype(np.float32)
    np.testing.assert_array_equal(top_k(scores, k), plain_top_k(scores, k))


def test_equal_scores_come_by_lower_index():
    np.testing.assert_array_equal(top_k(np.zeros((2, 1000), np.float32), 3), [[0, 1, 2]] * 2)


def test_what_may_not_be_shown_is_nothing():
    scores = np.array([[-np.inf, 2, -np.inf, 3], [-np.inf] * 4], np.float32)
    np.testing.assert_array_equal(top_k(scores, 3), [[3, 1, NOTHING], [NOTHING] * 3])
