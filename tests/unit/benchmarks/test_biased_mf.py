import numpy as np
import pytest

from benchmarks.biased_mf import Ratings, fit, tuned


def ratings(seed, num=4000, users=60, items=50):
    """Values that are a mean, biases and a product of two numbers each, with some noise."""
    truth = np.random.default_rng(0)
    of_user, of_item, p, q = (
        truth.normal(0, 0.5, users),
        truth.normal(0, 0.5, items),
        truth.normal(size=users),
        truth.normal(size=items),
    )
    rng = np.random.default_rng(seed)
    user, item = rng.integers(users, size=num), rng.integers(items, size=num)
    value = 3 + of_user[user] + of_item[item] + 0.5 * p[user] * q[item] + rng.normal(0, 0.1, num)
    return Ratings(user, item, value)


def test_what_made_the_ratings_is_found_and_biases_alone_miss_it():
    learnt, unseen = ratings(1), ratings(2)
    whole, biases = (fit(learnt, 60, 50, size, 0.01, 1.0).rmse(unseen) for size in (1, 0))
    assert whole == pytest.approx(0.1, abs=0.03)
    assert biases > 0.3


def test_a_user_without_a_rating_is_foretold_the_mean_and_the_items_bias():
    learnt = ratings(1)
    model = fit(learnt, 61, 51, 2, 0.01, 1.0)
    for item, value in ((50, model.mean), (7, model.mean + model.items[7, 3])):
        assert model.rmse(Ratings(np.array([60]), np.array([item]), np.array([value]))) == pytest.approx(0)


def test_the_settings_are_those_that_do_best_on_validation():
    model, chosen = tuned(ratings(1), ratings(2), ratings(3), 60, 50)
    assert chosen["size"] > 0
    assert model.rmse(ratings(4)) < 0.2
