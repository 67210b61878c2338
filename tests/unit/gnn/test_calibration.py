import numpy as np
import pytest
from scipy.special import expit

from gnn.calibration import fit_calibration


def drawn(number, seed=0):
    """Pairs whose true log odds are 0.5 + 0.6 x − 0.8 y, of features x, y and one that tells nothing."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((number, 3)) * [2.0, 1.0, 0.01]
    return features, rng.random(number) < expit(0.5 + features @ [0.6, -0.8, 0.0])


def test_many_pairs_tell_the_true_odds():
    found = fit_calibration(*drawn(50_000))
    assert found.bias == pytest.approx(0.5, abs=0.05)
    assert found.weight[:2] == pytest.approx([0.6, -0.8], abs=0.05)


def test_the_fewer_pairs_say_so_the_nearer_the_log_odds_are_left_as_they_were():
    features, happened = drawn(4)
    moved = []
    for times in (1, 10, 100):
        found = fit_calibration(np.tile(features, (times, 1)), np.tile(happened, times))
        moved.append(np.linalg.norm(found.weight - [1.0, 0.0, 0.0]))
    assert moved == sorted(moved)
    assert moved[0] < moved[2] / 2


def test_what_hardly_varied_decides_nothing_of_pairs_where_it_is_far_off():
    features, happened = drawn(200)
    found = fit_calibration(features, happened)
    assert abs(found.weight[2]) < 0.2


def test_one_class_alone_is_nothing_to_fit_to():
    features, _ = drawn(10)
    assert fit_calibration(features, np.ones(10, np.bool_)) is None
    assert fit_calibration(features, np.zeros(10, np.bool_)) is None
