"""Vectors of what was met, as they are kept."""

import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.event_sum import EventSum
from graph.met_vectors import MetVectors, from_bytes, to_bytes
from tests.small_releases import make_draft

SIZE, ITEMS = 6, 40


def test_bytes_keep_a_vector_to_half_a_step():
    vectors = np.random.default_rng(0).normal(size=(50, 15)).astype(np.float32) * np.geomspace(1e-3, 1e3, 50)[:, None]
    vectors[7] = 0
    kept = from_bytes([row.tobytes() for row in to_bytes(vectors.astype(np.float32))], 15)
    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert (np.abs(kept - vectors) <= 0.501 * step).all()
    with pytest.raises(ReleaseError, match="not of 14 numbers"):
        from_bytes([bytes(19)], 14)


@pytest.mark.parametrize("shape", [(ITEMS - 1, SIZE), (ITEMS, SIZE + 1)])
def test_vectors_of_what_was_met_that_do_not_fit_are_refused(shape):
    events = EventSum(np.zeros(shape[1], np.float32), np.zeros(shape[1], np.float32), 0.5, 50.0)
    with pytest.raises(ReleaseError, match="vectors of what was met of shapes"):
        make_draft(met=MetVectors((np.zeros(shape, np.float32),), events))
