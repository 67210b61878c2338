import numpy as np
import pytest
from pydantic import ValidationError

from gnn.fuse import FuseConfig
from gnn.lengthen import lengthened
from gnn.vector_scorer import VectorScorer, of_length_one


def vectors():
    rng = np.random.default_rng(0)
    users, items = (of_length_one(rng.standard_normal((5, 4)).astype(np.float32)) for _ in range(2))
    return VectorScorer(users, items)


def test_an_item_is_as_long_as_its_share_of_the_most_met_to_the_power():
    met = np.array([0, 3, 15, 0, 3])
    found = lengthened(vectors(), met, 0.5)
    np.testing.assert_allclose(np.linalg.norm(found.items, axis=1), [0.25, 0.5, 1, 0.25, 0.5], rtol=1e-6)
    np.testing.assert_allclose(of_length_one(found.items), vectors().items, atol=1e-6)
    assert found.items.dtype == np.float32


def test_no_power_changes_nothing():
    before = vectors()
    assert lengthened(before, np.arange(5), 0.0) is before


def test_where_nothing_was_met_lengths_stay():
    np.testing.assert_array_equal(lengthened(vectors(), np.zeros(5, np.int64), 0.2).items, vectors().items)


@pytest.mark.parametrize("lengths", [(0.0,), (-0.1, 0.1)])
def test_powers_that_lengthen_nothing_are_refused(lengths):
    with pytest.raises(ValidationError, match="lengths must be above 0"):
        FuseConfig(lengths=lengths)
    assert FuseConfig(lengths=()).lengths == ()
