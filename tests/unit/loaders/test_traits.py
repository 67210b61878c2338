"""Which values of users' properties are told apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import Feature, FeatureType
from graph.snapshot import NodeColumns
from loaders.traits import BINS, LEAST_USERS, MOST_CATEGORIES, MOST_VALUES, trait_groups

NUMBER, CATEGORY, MANY = (FeatureType.NUMERIC, FeatureType.CATEGORICAL, FeatureType.MULTI)


def groups(column, type_):
    users = NodeColumns(ids=np.arange(len(column)), columns={"p": column})
    return trait_groups(users, [Feature(name="p", type=type_)])


def test_numbers_are_put_into_bins_of_about_as_many_users():
    (group,) = groups(np.random.default_rng(0).normal(size=700), NUMBER)
    counts = np.bincount([group.places(value)[0] for value in np.random.default_rng(0).normal(size=700)], minlength=BINS)
    assert len(counts) == BINS
    assert counts.min() >= 95


@given(st.lists(st.integers(0, 12) | st.sampled_from([999, -999]), max_size=120))
def test_no_bin_has_fewer_users_than_may_be_told_apart(numbers):
    for group in groups(np.array(numbers, float), NUMBER):
        counts = np.bincount([group.places(value)[0] for value in numbers], minlength=group.size)
        assert counts.min() >= LEAST_USERS


def test_numbers_that_are_few_or_all_the_same_tell_nothing_apart():
    assert groups(np.arange(2 * LEAST_USERS - 1, dtype=float), NUMBER) == []
    assert groups(np.append(np.zeros(999), 1.0), NUMBER) == []
    assert groups(np.full(100, 3.0), NUMBER) == []
    assert groups(np.full(100, np.nan), NUMBER) == []
    (flag,) = groups(np.repeat([0.0, 1.0], 50), NUMBER)
    assert flag.size == 2


def test_categories_of_too_few_users_and_beyond_the_most_frequent_are_left_out():
    names = [f"c{number}" for number in range(MOST_CATEGORIES + 5) for _ in range(LEAST_USERS + (number < 3))]
    (group,) = groups([*names, "rare"], CATEGORY)
    assert group.categories[:3] == ("c0", "c1", "c2")
    assert len(group.categories) == MOST_CATEGORIES
    assert "rare" not in group.categories
    (several,) = groups([["a", "b"]] * LEAST_USERS, MANY)
    assert several.categories == ("a", "b")
    assert groups(["one"] * 100, CATEGORY) == []


def test_properties_beyond_the_values_that_fit_are_left_out():
    names = [f"p{number}" for number in range(MOST_VALUES // 2 + 3)]
    users = NodeColumns(ids=np.arange(100), columns={name: ["a", "b"] * 50 for name in names})
    found = trait_groups(users, [Feature(name=name, type=CATEGORY) for name in names])
    assert [group.name for group in found] == names[: MOST_VALUES // 2]


def test_texts_dates_vectors_and_what_is_not_read_are_no_traits():
    for type_ in (FeatureType.TEXT, FeatureType.DATE, FeatureType.VECTOR):
        assert groups([["x"]] * 100, type_) == []
    users = NodeColumns(ids=np.arange(3), columns={})
    assert trait_groups(users, [Feature(name="p", type=CATEGORY)]) == []
