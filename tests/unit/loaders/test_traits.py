"""Which values of users' properties are told apart."""

import numpy as np

from graph.schema import Feature, FeatureType
from graph.snapshot import NodeColumns
from loaders.traits import BINS, LEAST_USERS, MOST_CATEGORIES, trait_groups

NUMBER, CATEGORY, MANY = (FeatureType.NUMERIC, FeatureType.CATEGORICAL, FeatureType.MULTI)


def groups(column, type_):
    users = NodeColumns(ids=np.arange(len(column)), columns={"p": column})
    return trait_groups(users, [Feature(name="p", type=type_)])


def test_numbers_are_put_into_bins_of_about_as_many_users():
    (group,) = groups(np.random.default_rng(0).normal(size=700), NUMBER)
    counts = np.bincount([group.places(value)[0] for value in np.random.default_rng(0).normal(size=700)], minlength=BINS)
    assert len(counts) == BINS
    assert counts.min() >= 95


def test_numbers_that_are_few_or_all_the_same_tell_nothing_apart():
    assert groups(np.arange(BINS * LEAST_USERS - 1, dtype=float), NUMBER) == []
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


def test_texts_dates_vectors_and_what_is_not_read_are_no_traits():
    for type_ in (FeatureType.TEXT, FeatureType.DATE, FeatureType.VECTOR):
        assert groups([["x"]] * 100, type_) == []
    users = NodeColumns(ids=np.arange(3), columns={})
    assert trait_groups(users, [Feature(name="p", type=CATEGORY)]) == []
