import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graph.embeddings import Embeddings, ReleaseDraft
from graph.embeddings import make_indexable as indexable_of
from graph.errors import ReleaseError

VALUES = st.floats(-100, 100, width=32)


def draft(users, items):
    users, items = np.asarray(users, np.float32), np.asarray(items, np.float32)
    return ReleaseDraft(
        users=Embeddings("User", np.arange(len(users)), users),
        items=(Embeddings("Item", np.arange(len(items)), items),),
        config={},
        metrics={},
        popular={},
    )


def make_indexable(given_):
    return indexable_of(given_.users, given_.items)


def cosines(indexable):
    """The cosine as an index works it out, from the stored float32 values."""
    users, items = indexable.users.astype(np.float64), indexable.items[0].astype(np.float64)
    length = np.linalg.norm(users, axis=1)[:, None] * np.linalg.norm(items, axis=1)[None, :]
    return (users @ items.T) / np.where(length > 0, length, 1)


@given(arrays(np.float32, (3, 4), elements=VALUES), arrays(np.float32, (7, 4), elements=VALUES))
def test_the_cosine_turned_back_is_the_dot_product(users, items):
    made = make_indexable(draft(users, items))
    exact = users.astype(np.float64) @ items.astype(np.float64).T
    served = cosines(made) * made.norms[:, None].astype(np.float64) * made.scale
    bound = 1e-6 * max(float(made.norms.max()) * made.scale, 1e-30)
    assert np.abs(served - exact).max() <= bound


def test_the_cosine_ranks_as_the_dot_product_where_the_plain_cosine_does_not():
    rng = np.random.default_rng(0)
    users = rng.normal(size=(50, 8))
    items = rng.normal(size=(400, 8)) * np.exp(rng.normal(0, 1, (400, 1)))
    given_ = draft(users, items)
    exact = np.argsort(-(given_.users.vectors.astype(np.float64) @ given_.items[0].vectors.astype(np.float64).T), axis=1)[
        :, :20
    ]
    made = np.argsort(-cosines(make_indexable(given_)), axis=1)[:, :20]
    plain = np.argsort(-(users @ (items / np.linalg.norm(items, axis=1)[:, None]).T), axis=1)[:, :20]
    assert (made == exact).mean() > 0.999
    assert (plain == exact).mean() < 0.5


@given(arrays(np.float32, (6, 3), elements=VALUES))
@example(np.full((6, 3), 5.7e-44, np.float32))
def test_every_item_gets_length_one_a_zero_one_too(items):
    made = make_indexable(draft(np.ones((1, 3)), items))
    assert np.allclose(np.linalg.norm(made.items[0], axis=1), 1, atol=1e-6)
    assert np.isfinite(made.items[0]).all()


def test_a_user_vector_of_zeros_stays_zeros_with_norm_zero():
    made = make_indexable(draft([[0, 0], [3, 4]], [[1, 0]]))
    assert made.norms.tolist() == [0, 5]
    assert not made.users[0].any()


def test_items_that_are_all_zero_give_finite_vectors():
    made = make_indexable(draft([[1, 2]], [[0, 0], [0, 0]]))
    assert np.isfinite(made.items[0]).all()
    assert made.scale == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_refused_with_its_id(bad):
    vectors = np.ones((3, 2), np.float32)
    vectors[1, 1] = bad
    with pytest.raises(ReleaseError, match=r"1 of 3 vectors of 'Item'.*id it's two"):
        Embeddings("Item", np.array(["one", "it's two", "three"]), vectors)


@pytest.mark.parametrize(("ids", "shape"), [(0, (0, 2)), (2, (3, 2)), (3, (3,))])
def test_a_row_an_id_and_at_least_one_is_asked_for(ids, shape):
    with pytest.raises(ReleaseError, match=rf"got {ids} ids and vectors of shape"):
        Embeddings("Item", np.arange(ids), np.ones(shape, np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_refused_by_its_id(value):
    vectors = np.ones((3, 2), np.float32)
    vectors[1, 1] = value
    with pytest.raises(ReleaseError, match=r"1 of 3 vectors of 'Item' hold NaN or infinity, the first that of id b; training"):
        Embeddings("Item", np.array(["a", "b", "c"]), vectors)


def test_users_and_items_of_different_dimension_are_refused():
    with pytest.raises(ReleaseError, match="user vectors have 2 dimensions, item vectors 3"):
        draft([[1, 2]], [[1, 2, 3]])


def test_domains_share_one_scale_so_that_all_items_compare():
    users, goods, articles = (np.random.default_rng(n).normal(size=(5, 3)).astype(np.float32) for n in range(3))
    two = ReleaseDraft(
        Embeddings("User", np.arange(5), users),
        (Embeddings("Good", np.arange(5), goods), Embeddings("Article", np.arange(5), 9 * articles)),
        {},
        {},
        {},
    )
    one = make_indexable(draft(users, np.concatenate([goods, 9 * articles])))
    made = make_indexable(two)
    assert made.scale == one.scale
    assert np.array_equal(np.concatenate(made.items), one.items[0])


@pytest.mark.parametrize("number", [0, 2])
def test_a_draft_has_each_domain_once_and_at_least_one(number):
    items = (Embeddings("Item", np.arange(1), np.ones((1, 2), np.float32)),) * number
    with pytest.raises(ReleaseError, match="at least one, and each once"):
        ReleaseDraft(Embeddings("User", np.arange(1), np.ones((1, 2), np.float32)), items, {}, {}, {})
