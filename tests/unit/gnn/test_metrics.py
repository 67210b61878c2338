import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.metrics import METRICS, coverage, find_hits

NUM_ITEMS = 60


def random_run(seed, num_users=15, width=25):
    """A ranking without repeats and a set of test items (at least one) for each user."""
    rng = np.random.default_rng(seed)
    top = np.stack([rng.permutation(NUM_ITEMS)[:width] for _ in range(num_users)])
    tests = [np.sort(rng.permutation(NUM_ITEMS)[: rng.integers(1, 40)]) for _ in range(num_users)]
    return top, tests


def flat(tests):
    counts = np.array([len(t) for t in tests], dtype=np.int64)
    return np.concatenate([[0], np.cumsum(counts)]), np.concatenate(tests).astype(np.int64), counts


def plain_metrics(shown, relevant, k):
    """The definitions, one user, no vectors."""
    ranks = [rank for rank, item in enumerate(shown[:k], start=1) if item in relevant]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(relevant), k) + 1))
    return {
        "recall": len(ranks) / len(relevant) if relevant else 0.0,
        "precision": len(ranks) / k,
        "hit_rate": float(bool(ranks)),
        "mrr": 1 / ranks[0] if ranks else 0.0,
        "ndcg": sum(1 / math.log2(rank + 1) for rank in ranks) / ideal if relevant else 0.0,
    }


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 25))
def test_agree_with_the_plain_definitions(seed, k):
    top, tests = random_run(seed)
    tests[3] = np.array([], dtype=np.int64)
    offsets, items, counts = flat(tests)
    hits = find_hits(top, offsets, items, NUM_ITEMS)
    for name, metric in METRICS.items():
        expected = [plain_metrics(list(row), set(test.tolist()), k)[name] for row, test in zip(top, tests, strict=True)]
        np.testing.assert_allclose(metric(hits, counts, k), expected, rtol=1e-12, err_msg=name)


@pytest.mark.filterwarnings("ignore")  # numba, under ranx, warns of its own deprecations while it compiles
@pytest.mark.parametrize("k", [1, 5, 20])
def test_agree_with_ranx(k):
    ranx = pytest.importorskip("ranx")
    top, tests = random_run(seed=7, num_users=40)
    offsets, items, counts = flat(tests)
    hits = find_hits(top, offsets, items, NUM_ITEMS)
    names = [f"{user:03}" for user in range(len(top))]
    qrels = ranx.Qrels({name: {str(i): 1 for i in test} for name, test in zip(names, tests, strict=True)})
    run = ranx.Run({name: {str(i): 1.0 / rank for rank, i in enumerate(row, 1)} for name, row in zip(names, top, strict=True)})
    ranx.evaluate(qrels, run, [f"{name}@{k}" for name in METRICS], make_comparable=True)
    for name, metric in METRICS.items():
        theirs = [run.scores[f"{name}@{k}"][user] for user in names]
        np.testing.assert_allclose(metric(hits, counts, k), theirs, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", METRICS)
def test_a_perfect_ranking_is_one_and_none_is_zero(name):
    full = np.ones((1, 5), dtype=bool)
    assert METRICS[name](full, np.array([5]), 5) == pytest.approx([1.0])
    assert METRICS[name](~full, np.array([5]), 5) == pytest.approx([0.0])


def test_ideal_is_over_the_test_items_that_exist():
    hits = np.array([[True, False, False]])
    assert METRICS["ndcg"](hits, np.array([1]), 3) == pytest.approx([1.0])
    assert METRICS["ndcg"](hits, np.array([2]), 3) == pytest.approx([1 / (1 + 1 / math.log2(3))])


def test_an_empty_place_is_never_a_hit():
    # The last item of the first user sits just before the second user's first in the flattened order.
    top = np.array([[0, 1], [-1, -1]])
    assert not find_hits(top, np.array([0, 1, 1]), np.array([4]), 5).any()
    assert not find_hits(top, np.array([0, 0, 0]), np.array([], dtype=np.int64), 5).any()


def test_coverage_counts_items_shown_to_anyone_once():
    top = np.array([[0, 1, 2], [0, 3, -1]])
    assert coverage(top, num_items=8, k=3) == 0.5
    assert coverage(top, num_items=8, k=1) == 0.125
