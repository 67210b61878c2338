"""Who is in which variant: a matter of id, name and salt alone, in the shares that were declared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ExperimentError
from graph.experiments import Experiment, Variant
from graph.experiments.experiment import check_variants

SHARES = (0.5, 0.3, 0.2)


def experiment(name="fused", salt="salt", shares=SHARES):
    return Experiment(name, tuple(Variant(f"v{n}", n + 1, share) for n, share in enumerate(shares)), salt, "2026-01-01T00:00Z")


def places(of, users):
    names = [variant.name for variant in of.variants]
    return np.array([names.index(of.variant_of(user).name) for user in users])


def test_users_are_divided_by_the_shares():
    number = 20_000
    found = np.bincount(places(experiment(), range(number))) / number
    assert found == pytest.approx(SHARES, abs=4 * 0.5 / number**0.5)


@given(st.text() | st.integers())
def test_an_id_and_its_text_are_one_user_who_stays_where_they_are(user):
    assert experiment().variant_of(user) == experiment().variant_of(str(user))


def test_who_is_in_a_variant_of_one_experiment_may_be_in_any_of_another():
    users, even = range(4_000), (0.5, 0.5)
    first = places(experiment(shares=even), users)
    for other in (experiment(name="other", shares=even), experiment(salt="other", shares=even)):
        assert (first == places(other, users)).mean() == pytest.approx(0.5, abs=0.04)


def test_a_larger_share_keeps_the_users_that_the_first_variant_had():
    small, large = (places(experiment(shares=(share, 1 - share)), range(2_000)) for share in (0.1, 0.4))
    assert set(np.flatnonzero(small == 0)) < set(np.flatnonzero(large == 0))


def test_a_place_beyond_shares_that_fall_short_of_one_by_rounding_is_the_last_variants():
    thirds = experiment(shares=(0.3333333, 0.3333333, 0.3333333))
    check_variants("thirds", thirds.variants, "salt")
    assert set(places(thirds, range(200))) == {0, 1, 2}


@pytest.mark.parametrize(
    ("name", "shares", "message"),
    [
        ("x", (0.5, 0.4), "got the shares"),
        ("x", (0.6, 0.6), "got the shares"),
        ("x", (1.0, 0.0), "each above 0"),
        ("x", (1.5, -0.5), "each above 0"),
        ("x", (float("nan"), 0.5), "got the shares"),
        ("x", (1.0,), "got 1 variants"),
        ("x", (0.04,) * 25, "got 25 variants"),
        (" ", (0.5, 0.5), "an experiment's name"),
        ("x\ny", (0.5, 0.5), "an experiment's name"),
        ("x" * 101, (0.5, 0.5), "an experiment's name"),
        ("\ud800", (0.5, 0.5), "an experiment's name"),
    ],
)
def test_what_makes_no_experiment_is_refused(name, shares, message):
    with pytest.raises(ExperimentError, match=message):
        check_variants(name, experiment(shares=shares).variants, "salt")


def test_two_variants_of_one_name_are_refused_and_a_name_that_is_none():
    with pytest.raises(ExperimentError, match="each name once"):
        check_variants("x", (Variant("a", 1, 0.5), Variant("a", 2, 0.5)), "salt")
    with pytest.raises(ExperimentError, match="a variant's name"):
        check_variants("x", (Variant("", 1, 0.5), Variant("a", 2, 0.5)), "salt")
    with pytest.raises(ExperimentError, match="a salt"):
        check_variants("x", (Variant("b", 1, 0.5), Variant("a", 2, 0.5)), "\0")
