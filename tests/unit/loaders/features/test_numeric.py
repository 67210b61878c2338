import numpy as np
import pytest

from loaders.features.numeric import Numeric, read_numbers
from loaders.features.transform import LIMIT


def encode(values, fitted_on=None):
    return Numeric.fit(values if fitted_on is None else fitted_on).transform(values).dense


def test_numbers_are_standardised():
    dense = encode(np.array([1990.0, 2000, 2010]))
    assert dense.dtype == np.float32
    assert dense.tolist() == [[pytest.approx(-1.2247449)], [0.0], [pytest.approx(1.2247449)]]


def test_a_missing_number_is_the_mean_and_flagged():
    assert encode(np.array([1990, np.nan, 2010])).tolist() == [[-1, 0], [0, 1], [1, 0]]


def test_a_flag_that_fitting_did_not_need_does_not_come_later():
    assert encode([None, 2], fitted_on=[1, 2, 3]).tolist() == [[0], [0]]
    assert encode([1, 3], fitted_on=[1, 3, None]).tolist() == [[-1, 0], [1, 0]]


@pytest.mark.parametrize("values", [[5, 5, 5], [None] * 3, [0.1 + 0.2, 0.3], ["a", "b"], []])
def test_a_column_that_tells_nothing_is_zero_and_stays_so(values):
    fitted = Numeric.fit(values)
    assert (fitted.transform([*values, 7, 1e300]).dense[:, 0] == 0).all()


def test_an_outlier_leaves_the_others_apart():
    ages = [*range(20, 60), 10**12]
    dense = encode(ages)[:, 0]
    assert dense[39] - dense[0] > 0.5
    assert dense[40] == dense.max() <= LIMIT


def test_a_heavy_tail_is_squeezed_and_a_light_one_is_not():
    rng = np.random.default_rng(0)
    assert Numeric.fit(rng.pareto(1, 1000)).heavy
    assert Numeric.fit(-rng.lognormal(0, 2, 1000)).heavy
    assert not Numeric.fit(rng.normal(size=100_000)).heavy
    assert not Numeric.fit(rng.uniform(size=1000)).heavy


def test_counts_that_are_mostly_zero_are_told_apart():
    dense = encode([0] * 90 + [1, 2, 3, 10, 10**6])[:, 0]
    assert (np.diff(dense[89:]) > 0.1).all()


def test_an_unseen_extreme_is_cut():
    assert encode([1e308, -1e308, 10**30], fitted_on=[1, 2, 3])[:, 0].tolist() == [LIMIT, -LIMIT, LIMIT]


def test_the_scale_of_a_number_does_not_matter():
    values = np.random.default_rng(0).pareto(1, 200)
    assert np.allclose(encode(values), encode(values * 1e-9), atol=1e-5)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (True, 1),
        (2**53 + 1, 2.0**53),
        (10**400, np.nan),
        (np.int32(3), 3),
        (" 1.5 ", 1.5),
        ("1,5", np.nan),
        ("inf", np.nan),
        (float("-inf"), np.nan),
        ([1], np.nan),
        (None, np.nan),
        ({}, np.nan),
    ],
)
def test_what_counts_as_a_number(value, number):
    np.testing.assert_equal(read_numbers([value]), [number])
