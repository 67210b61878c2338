"""Neighbours of items: the strongest of each, as an exact search gives them."""

import numpy as np
import pytest
from scipy import sparse

from graph.errors import ReleaseError
from graph.neighbours import MOST_NEIGHBOURS, Neighbours, SimilarItems, heaviest, nearest_by_cosine, strongest
from graph.releases.checksums import Checksums
from tests.small_releases import make_draft

RNG = np.random.default_rng(0)


def neighbours(rows):
    """Neighbours as lists of (place, weight)."""
    width = max(map(len, rows))
    filled = [[*row, *[(0, 0.0)] * (width - len(row))] for row in rows]
    places, weights = ([[pair[which] for pair in row] for row in filled] for which in (0, 1))
    return Neighbours(np.array(places, np.int32), np.array(weights, np.float32))


def told(found):
    return [
        [(int(place), round(float(weight), 4)) for place, weight in zip(places, weights, strict=True) if weight]
        for places, weights in zip(found.places, found.weights, strict=True)
    ]


@pytest.mark.parametrize("rows_at_once", [1, 3, 100])
def test_the_strongest_are_those_of_a_sort_however_many_rows_are_looked_at_at_once(rows_at_once):
    weights = RNG.normal(size=(17, 17)).astype(np.float32)
    found = strongest(lambda rows: weights[rows], 17, 4, rows_at_once)
    for item in range(17):
        others = [place for place in np.argsort(-weights[item]) if place != item and weights[item, place] > 0][:4]
        assert [place for place, _ in told(found)[item]] == others
        assert found.weights[item, : len(others)].tolist() == weights[item, others].tolist()


@pytest.mark.parametrize("k", [1, 4, 30])
def test_the_heaviest_of_sparse_weights_are_the_strongest_of_the_same_as_a_table(k):
    weights = np.where(RNG.random((17, 17)) < 0.4, RNG.integers(1, 5, (17, 17)), 0).astype(np.float32)
    np.fill_diagonal(weights, 0)
    weights[5] = 0
    found, wanted = heaviest(sparse.csr_array(weights), k), strongest(lambda rows: weights[rows], 17, 17)
    assert found.weights.sum() == pytest.approx(wanted.first(k).weights.sum())
    for item, row in enumerate(told(found)):
        assert row == sorted(row, key=lambda pair: (-pair[1], pair[0]))
        assert all(weights[item, place] == weight for place, weight in row)
    assert told(found)[5] == []


def test_weights_of_all_domains_are_one_matrix():
    first, second = neighbours([[(1, 3.0)], []]), neighbours([[(2, 2.0), (1, 1.0)], [], [(0, 4.0)]])
    wanted = np.zeros((5, 5))
    wanted[0, 1], wanted[2, 4], wanted[2, 3], wanted[4, 2] = 3, 2, 1, 4
    assert SimilarItems("cosine", (first, second)).matrix().toarray().tolist() == wanted.tolist()


def test_cosines_are_exact_and_items_without_a_direction_have_no_neighbours():
    vectors = RNG.normal(size=(30, 5)).astype(np.float32)
    vectors[3] = 0
    found = nearest_by_cosine(vectors, 6)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0)
    for item in range(30):
        order = [place for place in np.argsort(-cosines[item]) if cosines[item, place] > 0][:6]
        assert [place for place, _ in told(found)[item]] == order
    assert told(found)[3] == []
    assert all(3 not in [place for place, _ in row] for row in told(found))


@pytest.mark.parametrize(("num_items", "k"), [(1, 3), (2, 5), (4, 3)])
def test_few_items_have_no_more_neighbours_than_there_are_others(num_items, k):
    found = nearest_by_cosine(np.ones((num_items, 2), np.float32), k)
    assert [len(row) for row in told(found)] == [num_items - 1] * num_items


def test_items_that_went_are_nobodys_neighbours_and_those_that_came_have_none():
    found = neighbours([[(1, 3.0), (2, 2.0)], [(3, 1.0)], [(0, 1.0)], [(2, 5.0), (1, 4.0)]])
    left = found.among(np.array([True, False, True, True]), 2)
    assert told(left) == [[(1, 2.0)], [(0, 1.0)], [(1, 5.0)], [], []]


def test_the_checksum_of_an_item_stands_for_its_neighbours_and_their_weights_in_any_order():
    ids = np.array(["a", "b", "c"])

    def values(rows):
        return Checksums.of_neighbours(ids, neighbours(rows)).values.tolist()

    base = values([[(1, 2.0), (2, 2.0)], [(0, 1.0)], []])
    assert values([[(2, 2.0), (1, 2.0)], [(0, 1.0)], []]) == base  # equal weights come in any order
    assert values([[(1, 2.0), (2, 2.0)], [(0, 1.0), (2, 0.0)], []]) == base
    assert values([[(1, 2.0), (2, 1.5)], [(0, 1.0)], []])[1:] == base[1:]
    assert values([[(1, 2.0), (2, 1.5)], [(0, 1.0)], []])[0] != base[0]
    assert values([[(1, 2.0), (2, 2.0)], [(2, 1.0)], []])[1] != base[1]


@pytest.mark.parametrize(
    ("rows", "told_"),
    [
        ([[(0, 1.0)], []], "item 0 has a neighbour that is not there, or itself"),
        ([[(1, 1.0)], [(5, 1.0)]], "item 1 has a neighbour that is not there"),
        ([[(1, -1.0)], []], "no numbers, below 0 or rising"),
        ([[(1, float("nan"))], []], "no numbers, below 0 or rising"),
        ([[(1, 1.0), (2, 2.0)], [], []], "no numbers, below 0 or rising"),
    ],
)
def test_what_cannot_be_neighbours_is_refused(rows, told_):
    with pytest.raises(ReleaseError, match=told_):
        neighbours(rows)


def test_more_neighbours_than_are_kept_and_those_of_other_items_are_refused():
    many = np.tile(np.arange(MOST_NEIGHBOURS + 1, dtype=np.int32) + 1, (MOST_NEIGHBOURS + 2, 1))
    with pytest.raises(ReleaseError, match=rf"expected the same, an item a row, and at most {MOST_NEIGHBOURS}"):
        Neighbours(many, np.ones(many.shape, np.float32))
    with pytest.raises(ReleaseError, match=r"got neighbours of \[2\] items; expected \[40\]"):
        make_draft(similar=SimilarItems("cosine", (neighbours([[(1, 1.0)], []]),)))
