import numpy as np
import pytest
from pydantic import ValidationError
from scipy import sparse

from gnn.compress import DistilConfig, distil, shorten
from gnn.fuse import factorise
from gnn.topk import top_k
from gnn.vector_scorer import VectorScorer

NUM_USERS, NUM_ITEMS = 120, 60
EVERY = np.arange(NUM_USERS)


class Table:
    def __init__(self, scores):
        self.scores = scores

    def score(self, user_index):
        return self.scores[user_index]


@pytest.fixture(scope="module")
def teacher():
    """Scores that few numbers cannot give, most of whose differences are among items that nobody would be shown."""
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((NUM_USERS, 6)) @ rng.standard_normal((6, NUM_ITEMS))
    return Table(np.where(scores > 0, scores, 4 * scores).astype(np.float32))


@pytest.fixture(scope="module")
def seen():
    return sparse.csr_array((np.random.default_rng(1).random((NUM_USERS, NUM_ITEMS)) < 0.1).astype(np.float32))


def overlap(scorer, teacher, seen, k=5):
    """Return the mean share of the teacher's first items not met that a scorer has among its own."""

    def first(one):
        scores = np.array(one.score(EVERY))
        scores[seen.nonzero()] = -np.inf
        return top_k(scores, k)

    found, wanted = first(scorer), first(teacher)
    return np.mean([len(set(a) & set(b)) / k for a, b in zip(found.tolist(), wanted.tolist(), strict=True)])


def cosines(items):
    unit = items / np.linalg.norm(items, axis=1, keepdims=True)
    return unit @ unit.T


def test_small_vectors_rank_nearer_to_the_teacher_than_its_best_factors(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    found = distil(teacher, start, seen, DistilConfig(relational=0))
    assert found.users.shape == start.users.shape
    assert np.linalg.norm(found.users, axis=1) == pytest.approx(np.ones(NUM_USERS), abs=1e-5)
    assert overlap(found, teacher, seen) > overlap(start, teacher, seen) + 0.03


def test_how_long_the_vectors_of_users_are_at_the_start_says_nothing(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    length = np.random.default_rng(2).uniform(0.01, 100, (NUM_USERS, 1)).astype(np.float32)
    config = DistilConfig(steps=5, passes=(0, 100))
    found, other = (
        distil(teacher, VectorScorer(users, start.items), seen, config) for users in (start.users, start.users * length)
    )
    np.testing.assert_allclose(found.score(EVERY), other.score(EVERY), rtol=1e-3, atol=1e-3)


def test_users_whom_the_start_ranks_the_wrong_way_round_are_taught_too(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 12)
    start.users[::2] *= -1
    found = distil(teacher, start, seen, DistilConfig(relational=0))
    assert overlap(found, teacher, seen) > overlap(start, teacher, seen) + 0.2


def test_a_teacher_of_vectors_teaches_as_one_of_scores(seen):
    rng = np.random.default_rng(0)
    whole = VectorScorer(*(rng.standard_normal((number, 8)).astype(np.float32) for number in (NUM_USERS, NUM_ITEMS)))
    config = DistilConfig(steps=50, passes=(0, 100))
    found, other = (distil(one, shorten(whole, 4), seen, config) for one in (whole, Table(whole.score(EVERY))))
    # Scores are kept in half precision.
    np.testing.assert_allclose(found.score(EVERY), other.score(EVERY), atol=0.02 * np.abs(other.score(EVERY)).max())


def test_items_stay_as_alike_as_they_are_told_to(teacher, seen):
    whole = factorise(teacher, NUM_USERS, NUM_ITEMS, 32)
    start = shorten(whole, 6)

    def error(relational):
        found = distil(teacher, start, seen, DistilConfig(relational=relational), alike=whole.items)
        return np.square(cosines(found.items) - cosines(whole.items)).mean()

    assert error(relational=30.0) < 0.7 * error(relational=0.0)


def test_what_rounding_leaves_is_what_is_taught(teacher, seen):
    class Signs:
        def fit(self, items):
            assert len(items) == NUM_ITEMS

        def items(self, vectors):
            return np.where(vectors < 0, -1, 1) * np.abs(vectors).mean(axis=1, keepdims=True)

        users = items

    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 24)

    def left(scorer):
        return VectorScorer(Signs().users(scorer.users), Signs().items(scorer.items))

    config = DistilConfig(relational=0)
    aware, unaware = distil(teacher, start, seen, config, rounding=Signs()), distil(teacher, start, seen, config)
    assert overlap(left(aware), teacher, seen) > overlap(left(unaware), teacher, seen) + 0.05


def test_the_same_seed_gives_the_same_bits(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    one, other = (distil(teacher, start, seen, DistilConfig(steps=20, passes=(0, 100))) for _ in range(2))
    np.testing.assert_array_equal(one.items, other.items)
    np.testing.assert_array_equal(one.users, other.users)


def test_users_of_whom_nothing_is_known_keep_zeros_and_others_are_taught(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    start.users[7] = 0
    found = distil(teacher, start, seen, DistilConfig(steps=20))
    assert not found.users[7].any()
    assert found.users[8].any()


def test_where_there_is_nothing_to_learn_from_vectors_stay(teacher, seen):
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    assert distil(teacher, start, seen, DistilConfig(steps=0)) is start
    nobody = VectorScorer(np.zeros((NUM_USERS, 4), np.float32), start.items)
    assert distil(teacher, nobody, seen, DistilConfig()) is nobody


@pytest.mark.parametrize("rest", [0, 3])
def test_users_who_met_everything_or_nearly_spoil_nothing(teacher, rest):
    met = np.ones((NUM_USERS, NUM_ITEMS), np.float32)
    met[1:] = 0
    met[0, :rest] = 0
    found = distil(teacher, factorise(teacher, NUM_USERS, NUM_ITEMS, 4), sparse.csr_array(met), DistilConfig(steps=20))
    assert np.isfinite(found.users).all()
    assert np.isfinite(found.items).all()


def test_scores_that_are_all_the_same_spoil_nothing(seen):
    level = Table(np.ones((NUM_USERS, NUM_ITEMS), np.float32))
    rng = np.random.default_rng(0)
    start = VectorScorer(*(rng.standard_normal((number, 4)).astype(np.float32) for number in (NUM_USERS, NUM_ITEMS)))
    found = distil(level, start, seen, DistilConfig(steps=20))
    assert np.isfinite(found.users).all()
    assert np.isfinite(found.items).all()


def test_progress_is_told_batch_by_batch(teacher, seen):
    heard = []
    start = factorise(teacher, NUM_USERS, NUM_ITEMS, 4)
    distil(
        teacher, start, seen, DistilConfig(steps=6, batch_users=50), on_batch=lambda done, total: heard.append((done, total))
    )
    assert heard == [(done, 48) for done in range(48)]  # 20 passes over 120 users


@pytest.mark.parametrize(
    ("config", "num_users", "number"),
    [
        ({}, 24, 250),  # no more than 250 passes
        ({}, 1_000, 400),
        ({}, 100_000, 7_813),  # no fewer than 20 passes
        ({"steps": 0}, 100_000, 0),
    ],
)
def test_there_are_as_many_batches_as_users_call_for(config, num_users, number):
    assert DistilConfig(**config).num_batches(num_users) == number


@pytest.mark.parametrize("passes", [(3, 2), (-1, 2)])
def test_passes_that_are_no_range_are_refused(passes):
    with pytest.raises(ValidationError, match="a least and a most"):
        DistilConfig(passes=passes)
