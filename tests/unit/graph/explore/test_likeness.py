"""The nearest are those of brute force, whatever they are measured by and however the work is cut."""

import numpy as np
import pytest

from graph.explore import likeness
from graph.explore.likeness import alike_by_users, alike_by_vectors


def brute_force(unit, neighbours):
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    pairs = {
        (min(row, other), max(row, other))
        for row in range(len(unit))
        for other in np.argsort(-cosines[row])[:neighbours].tolist()
        if cosines[row, other] > 0
    }
    return {pair: cosines[pair] for pair in pairs}


def told(found):
    return dict(zip(zip(found.one.tolist(), found.other.tolist(), strict=True), found.cosine.tolist(), strict=True))


@pytest.mark.parametrize("cells", [4_000_000, 100])
def test_by_vectors(monkeypatch, cells):
    monkeypatch.setattr(likeness, "_CELLS_A_BLOCK", cells)
    vectors = np.random.default_rng(0).normal(size=(50, 5)).astype(np.float32)
    vectors[7] = 0
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    found = told(alike_by_vectors(vectors, 4))
    assert found == pytest.approx(brute_force(unit, 4), abs=1e-6)
    assert not any(7 in pair for pair in found)


def test_by_users():
    rng = np.random.default_rng(1)
    met = rng.random((30, 40)) < 0.2
    met[3] = False
    users = [(1000 + 7 * np.flatnonzero(row)).tolist() for row in met]
    unit = met / np.sqrt(np.maximum(met.sum(axis=1, keepdims=True), 1))
    found = told(alike_by_users(users, 29))
    assert found == pytest.approx(brute_force(unit, 29))


def test_few_items_have_few_neighbours_and_none_have_none():
    assert told(alike_by_vectors(np.ones((2, 3), np.float32), 10)) == pytest.approx({(0, 1): 1.0})
    assert told(alike_by_vectors(np.ones((1, 3), np.float32), 10)) == {}
    assert told(alike_by_users([], 10)) == {}
    assert told(alike_by_users([[], []], 10)) == {}
