import numpy as np
import pytest
from scipy.special import expit

from graph.pair_predictor import PairPredictor, PairVectors

RNG = np.random.default_rng(0)
USERS, ITEMS = (RNG.standard_normal((7, 3)).astype(np.float32) for _ in range(2))


def test_steps_multiply_and_what_is_out_of_bounds_is_cut():
    user, item = np.array([0, 6, 3]), np.array([1, 1, 5])
    product = (USERS[user] * ITEMS[item]).sum(axis=1)
    step, value = PairVectors(USERS, ITEMS, "logistic"), PairVectors(USERS, ITEMS, "identity")
    assert PairPredictor((step, step)).predict(user, item) == pytest.approx(expit(product) ** 2, rel=1e-5)
    assert PairPredictor((value,)).predict(user, item) == pytest.approx(product, rel=1e-5)
    assert PairPredictor((value,), -0.1, 0.1).predict(user, item) == pytest.approx(product.clip(-0.1, 0.1), rel=1e-5)


def test_many_pairs_are_foretold_as_few_are_and_none_are_none():
    user, item = RNG.integers(7, size=(2, 100_000))
    one = PairPredictor((PairVectors(USERS, ITEMS, "logistic"),))
    found = one.predict(user, item)
    assert np.array_equal(found[70_000:70_005], one.predict(user[70_000:70_005], item[70_000:70_005]))
    assert one.predict(user[:0], item[:0]).shape == (0,)
