"""Vectors as whole numbers: what is left of them, and that the index ranks by just that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.codes import Grid, code_users, decode, num_bytes
from graph.embeddings import ReleaseDraft, as_served
from graph.errors import ReleaseError
from tests.small_releases import make_draft

SIZES = st.integers(1, 40)
SEEDS = st.integers(0, 1000)
CODES = st.sampled_from(["int8", "int4"])
HIGHEST = {"int8": 255, "int4": 15}
MIDDLE = {"int8": 128, "int4": 8}


def items_of(seed, size, number=60):
    """Items of very different lengths, mostly in few directions, the longest of length 1."""
    rng = np.random.default_rng(seed)
    vectors = np.exp(rng.normal(0, 1, (number, 1))) * rng.normal(size=(number, size)) / np.sqrt(1 + np.arange(size))
    return (vectors / np.linalg.norm(vectors, axis=1).max()).astype(np.float32)


def users_of(seed, size, number=20):
    vectors = np.random.default_rng(seed + 1).normal(size=(number, size))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(SEEDS, SIZES, CODES)
def test_the_cosine_of_what_is_written_is_the_product_of_what_is_read(seed, size, code):
    items, users = items_of(seed, size), users_of(seed, size)
    of_items, of_users = Grid.of([items], code).write(items).astype(np.float64), code_users(users, code).astype(np.float64)
    assert of_items.shape == (60, size + 1)
    for whole in (of_items, of_users):
        assert np.array_equal(whole, np.rint(whole))
        assert 0 <= whole.min() <= whole.max() <= HIGHEST[code]
    served = unit(of_users - MIDDLE[code]) @ unit(of_items).T
    read = decode(of_users, code, is_indexed=False) @ decode(of_items, code, is_indexed=True).T
    np.testing.assert_allclose(read, served, atol=1e-6)


@given(SEEDS, SIZES, CODES)
def test_what_is_read_is_within_a_step_of_what_was_given(seed, size, code):
    items, users = items_of(seed, size), users_of(seed, size)
    grid = Grid.of([items], code)
    step = np.sqrt(size + 1) / 2  # as far as rounding can move a vector
    read = decode(grid.write(items), code, is_indexed=True) * grid.reach
    assert np.linalg.norm(read - items, axis=1).max() <= 1.1 * step / grid.steps
    whole = code_users(users, code)
    assert np.linalg.norm(decode(whole, code, is_indexed=False) - users, axis=1).max() <= 1.1 * step / (MIDDLE[code] - 1)


@given(SEEDS, SIZES, CODES)
def test_two_items_that_are_more_than_a_step_apart_rank_as_they_did(seed, size, code):
    items, users = items_of(seed, size), users_of(seed, size)
    exact, left = (
        users @ items.T,
        np.matmul(*(part.T if at else part for at, part in enumerate(as_served(users, items, code)))),
    )
    moved = np.abs(left - exact).max()
    for one, other in zip(exact, left, strict=True):
        order = np.argsort(-one)
        assert (np.diff(other[order]) <= 2 * moved).all()
    assert moved <= {"int8": 0.02, "int4": 0.5}[code]


@given(SEEDS, SIZES, CODES)
def test_what_was_read_is_written_as_it_was_but_for_one(seed, size, code):
    items = items_of(seed, size)
    grid = Grid.of([items], code)
    whole = grid.write(items)
    again = grid.write(decode(whole, code, is_indexed=True) * grid.reach)
    assert np.abs(again - whole).max() <= 1
    assert (again == whole).mean() > 0.9


@pytest.mark.parametrize("code", ["int8", "int4"])
def test_zeros_stay_zeros(code):
    items = np.vstack([np.zeros((1, 5), np.float32), items_of(0, 5)])
    users = np.zeros((2, 5), np.float32)
    left = as_served(users, items, code)
    assert not left[0].any()
    assert not left[1][0].any()
    assert not as_served(users, np.zeros((3, 5), np.float32), code)[1].any()


@pytest.mark.parametrize("code", ["int8", "int4"])
def test_domains_share_one_grid_and_a_longer_item_is_not_on_it(code):
    items = items_of(3, 15)
    grid = Grid.of([items[:10], items[10:]], code)
    assert grid == Grid.of([items], code)
    assert grid.holds(items)
    assert not grid.holds(np.full((1, 15), 0.5, np.float32))


def test_floats_are_read_without_the_number_that_the_index_wants():
    assert decode(np.array([[1, 2, 3]], np.float32), "float32", is_indexed=True).tolist() == [[1, 2]]
    assert as_served(users := users_of(0, 3), items := items_of(0, 3), "float32") == (users, items)


def test_bytes_are_counted_with_the_number_that_the_index_wants():
    assert [num_bytes(15, code) for code in ("float32", "int8", "int4")] == [64, 16, 8]
    assert num_bytes(14, "int4") == 8


def test_a_code_that_is_none_is_refused():
    with pytest.raises(ReleaseError, match="got vectors in the code 'int2'; this Hopline knows float32, int8, int4"):
        ReleaseDraft(**vars(make_draft()) | {"code": "int2"})
    with pytest.raises(ReleaseError, match="'int2'"):
        decode(np.zeros((1, 2), np.float32), "int2", is_indexed=True)
