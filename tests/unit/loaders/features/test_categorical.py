import numpy as np
import pytest

from graph.property_values import MAX_NAME
from loaders.features.categorical import MAX_CATEGORIES, MAX_WIDTH, Categorical


def names(fitted, values):
    told = ["", *fitted.names, "(rare)"]
    return [[told[index] for index in row if index] for row in fitted.transform(values).categories]


def test_frequent_categories_have_an_index_each_and_rare_ones_share_one():
    values = ["cook", None, "pilot", "cook", "", "spy", float("nan"), "king", "king", "king"]
    fitted = Categorical.fit(values)
    assert fitted.names == ("king", "cook")
    assert names(fitted, values) == [["cook"], [], ["(rare)"], ["cook"], [], ["(rare)"], [], ["king"], ["king"], ["king"]]


def test_an_unseen_category_is_a_rare_one_or_none_at_all():
    assert names(Categorical.fit(["a", "a", "b"]), ["new"]) == [["(rare)"]]
    without_rare = Categorical.fit(["a", "a"])
    assert names(without_rare, ["new"]) == [[]]
    encoded = without_rare.transform(["new", "a"])
    assert (encoded.num_categories, encoded.known.tolist()) == (2, [False, True])


def test_a_node_has_all_of_its_categories_whatever_their_order():
    values = [["b", "a"], [], None, ["a", "a"], ("c", "b", "a", "c"), ["c"]]
    fitted = Categorical.fit(values)
    assert names(fitted, values) == [["a", "b"], [], [], ["a"], ["a", "b", "c"], ["c"]]
    assert fitted == Categorical.fit([list(reversed(value or [])) for value in reversed(values)])


def test_the_categories_of_a_node_weigh_one_over_the_root_of_their_number():
    encoded = Categorical.fit([["a", "b"], ["a", "b"]]).transform([["a", "b"], ["a"], []])
    assert encoded.weights.tolist() == [pytest.approx([0.5**0.5] * 2), [1, 0], [0, 0]]


def test_the_width_is_that_of_fitting():
    fitted = Categorical.fit([["a", "b"], ["a", "b", "c"], ["c"]])
    assert fitted.transform([["a", "b", "c", "d"], ["a"]]).categories.shape == (2, 3)
    assert Categorical.fit([]).transform(["x"]).categories.shape == (1, 0)


def test_what_is_kept_is_bounded():
    many = [[str(number), str(number // 2), str(number // 100)] for number in range(3 * MAX_CATEGORIES)]
    wide, long = [[str(number) for number in range(100)]] * 2, ["é" * 10_000, "é" * 10_001] * 2
    assert len(Categorical.fit(many).names) == MAX_CATEGORIES
    assert Categorical.fit(wide).width == MAX_WIDTH
    fitted = Categorical.fit(long)
    assert len(fitted.names) == 2
    assert all(len(name) < 2 * MAX_NAME for name in fitted.names)


def test_a_whole_number_is_one_category_however_it_is_stored():
    fitted = Categorical.fit([1, 1.0, "1", 1.5, 1.5, True, True])
    assert fitted.names == ("1", "1.5", "True")


def test_any_kind_of_value_can_be_a_category():
    values = [np.float64(2), {"a": 1}, b"x", [None, "", 3], "\ud800"]
    assert Categorical.fit(values).transform(values).known.all()
