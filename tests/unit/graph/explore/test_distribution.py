"""Figures of a distribution are numpy's figures of the counts it stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.explore.distribution import Distribution

counts = st.lists(st.integers(0, 40) | st.integers(0, 3), min_size=1, max_size=60)


def distribution(values):
    return Distribution(*(part.astype(np.int64) for part in np.unique(np.asarray(values), return_counts=True)))


@given(counts)
def test_it_is_numpys(values):
    found, array = distribution(values), np.sort(np.asarray(values))
    assert (found.num_nodes, found.total, found.num_zero) == (len(array), array.sum(), (array == 0).sum())
    assert found.mean == pytest.approx(array.mean())
    for share in (0.01, 0.25, 0.5, 0.9, 0.99, 1):
        assert found.quantile(share) == np.quantile(array, share, method="inverted_cdf")
    if array.sum():
        assert found.gini() == pytest.approx(np.abs(array[:, None] - array).mean() / (2 * array.mean()))
        held = np.cumsum(array[::-1])
        for size in range(1, len(array) + 1):
            assert found.head(size / len(array)) == pytest.approx(held[size - 1] / held[-1])
        for part in (0.2, 0.5, 0.8):
            assert found.head_size(part) == int(np.searchsorted(held, part * held[-1] * (1 - 1e-12))) + 1


@given(counts)
def test_buckets_hold_each_node_once_and_double(values):
    found = distribution(values).buckets()
    assert sum(nodes for _, _, nodes in found) == len(values)
    for low, high, nodes in found:
        assert nodes == sum(low <= value <= high for value in values)
    assert [low for low, _, _ in found[:5]] == [0, 1, 2, 4, 8][: len(found)]


def test_nothing_and_nobody_have_a_distribution_too():
    for none in (Distribution(np.empty(0, np.int64), np.empty(0, np.int64)), distribution([0, 0])):
        assert (none.total, none.gini(), none.head(0.5), none.head_size(0.8), none.quantile(1)) == (0, 0, 0, 0, 0)
