import numpy as np
import pytest

from loaders.features.vector import Vector


def test_vectors_are_centred_and_of_length_one_on_average():
    vectors = np.random.default_rng(0).normal(3, [1, 5, 0.1], (200, 3)).tolist()
    dense = Vector.fit(vectors).transform(vectors).dense
    assert np.allclose(dense.mean(axis=0), 0, atol=1e-6)
    assert np.square(dense).sum(axis=1).mean() == pytest.approx(1)
    assert np.allclose(dense.std(axis=0) / dense.std(axis=0)[0], [1, 5, 0.1], rtol=0.3)


ODD = [None, [], [1.0], [1.0, 2.0, 3.0], [1.0, float("nan")], [1e300, 0], ["x", "y"], "1 2", 7, [[1, 2], [3, 4]], [None, 1]]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_vector_of_another_length_or_of_no_numbers_is_missing(odd):
    column = [[1.0, 2], [3, 4.0], odd]
    encoded = Vector.fit(column).transform(column)
    assert encoded.known.tolist() == [True, True, False]
    assert encoded.dense[2].tolist() == [0, 0, 1]


def test_odd_vectors_met_later_do_not_change_the_width():
    fitted = Vector.fit([[1, 2], [3, 5]])
    assert fitted.transform(ODD).dense.tolist() == [[0, 0]] * len(ODD)


@pytest.mark.parametrize("column", [[], [None], [[2.0, 2.0]] * 3])
def test_vectors_that_tell_nothing_are_zeros(column):
    fitted = Vector.fit(column)
    assert not fitted.transform([[2.0, 9.0]]).dense[:, : len(fitted.mean)].any()


def test_numpy_vectors_are_read_as_lists_are():
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    assert Vector.fit(list(rows)) == Vector.fit([row.tolist() for row in rows])
