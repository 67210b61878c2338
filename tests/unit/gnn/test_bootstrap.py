import numpy as np
import pytest

from gnn.bootstrap import mean_intervals, paired_bootstrap, resample_means
from gnn.errors import EvaluationError


def test_interval_is_about_two_standard_errors_each_way():
    values = np.random.default_rng(0).standard_normal((2000, 1))
    ((low, high),) = mean_intervals(values, resamples=2000)
    error = values.std() / np.sqrt(len(values))
    assert (low, high) == pytest.approx((values.mean() - 1.96 * error, values.mean() + 1.96 * error), abs=0.1 * error)


def test_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    bounds = np.concatenate([mean_intervals(rng.exponential(size=(60, 1)), seed=s, resamples=400) for s in range(300)])
    assert 0.88 < ((bounds[:, 0] <= 1) & (bounds[:, 1] >= 1)).mean() < 0.98


def test_one_seed_gives_one_answer_and_every_column_the_same_draw():
    values = np.random.default_rng(2).random((50, 1))
    means = resample_means(np.hstack([values, 2 * values]), seed=3, resamples=100)
    np.testing.assert_allclose(means[:, 1], 2 * means[:, 0])
    np.testing.assert_array_equal(means, resample_means(np.hstack([values, 2 * values]), seed=3, resamples=100))
    assert (means != resample_means(np.hstack([values, 2 * values]), seed=4, resamples=100)).any()


def test_blocks_do_not_change_the_answer(monkeypatch):
    values = np.random.default_rng(2).random((50, 2))
    whole = resample_means(values, seed=3, resamples=100)
    monkeypatch.setattr("gnn.bootstrap._BLOCK", 350)
    np.testing.assert_allclose(resample_means(values, seed=3, resamples=100), whole)


def test_pairing_finds_a_gain_too_small_to_see_unpaired():
    rng = np.random.default_rng(4)
    base = rng.random(300)
    better = base + 0.01 + 0.01 * rng.standard_normal(300)
    difference = paired_bootstrap(better, base)
    assert 0 < difference.low < difference.mean < difference.high
    assert difference.p_value < 0.01
    assert difference.mean == pytest.approx((better - base).mean())
    (low, high), (base_low, base_high) = mean_intervals(np.column_stack([better, base]))
    assert low < base_high
    assert base_low < high


def test_no_difference_is_not_significant():
    same = np.random.default_rng(5).random(100)
    assert paired_bootstrap(same, same).p_value == 1.0


def test_different_users_are_refused():
    with pytest.raises(EvaluationError, match=r"\(3,\) and \(4,\).*one Holdout"):
        paired_bootstrap(np.zeros(3), np.zeros(4))
    with pytest.raises(EvaluationError, match="0 users"):
        paired_bootstrap(np.zeros(0), np.zeros(0))
