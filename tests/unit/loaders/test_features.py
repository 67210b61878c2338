import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import Feature, FeatureType, NodeKind, NodeRole
from graph.snapshot import NodeColumns
from loaders.features import encode_features

NUMERIC, CATEGORICAL, MULTI = FeatureType


def encode(**features):
    """Encode features given as name=(type, values)."""
    kind = NodeKind(label="Item", role=NodeRole.ITEM, features=tuple(Feature(name=n, type=t) for n, (t, _) in features.items()))
    columns = {
        name: np.asarray(values, np.float64) if type_ is NUMERIC else values for name, (type_, values) in features.items()
    }
    size = len(next(iter(columns.values()), []))
    return encode_features(kind, NodeColumns(ids=np.arange(size), columns=columns))


def names(encoded):
    return [[encoded.vocabulary[index] for index in row if index] for row in encoded.categories]


def test_numbers_are_standardised():
    numeric = encode(year=(NUMERIC, [1990, 2000, 2010])).numeric
    assert numeric.dtype == np.float32
    assert numeric.tolist() == [[pytest.approx(-1.2247449)], [0.0], [pytest.approx(1.2247449)]]


def test_a_missing_number_is_the_mean_and_flagged():
    numeric = encode(year=(NUMERIC, [1990, np.nan, 2010]), age=(NUMERIC, [1, 2, 3])).numeric
    assert numeric.shape == (3, 3)  # only the column that lacks numbers has a flag
    assert numeric[:, 0].tolist() == [-1, 0, 1]
    assert numeric[:, 1].tolist() == [0, 1, 0]


@pytest.mark.parametrize("values", [[5, 5, 5], [np.nan] * 3])
def test_a_column_that_tells_nothing_is_zero(values):
    assert (encode(year=(NUMERIC, values)).numeric[:, 0] == 0).all()


limit = 2.0**53


@given(st.lists(st.one_of(st.floats(-limit, limit), st.just(np.nan)), min_size=1, max_size=20))
def test_numbers_are_always_finite_and_of_deviation_one(values):
    numeric = encode(year=(NUMERIC, values)).numeric
    assert np.isfinite(numeric).all()
    known = numeric[np.isfinite(values), 0]
    assert numeric[~np.isfinite(values), 0].tolist() == [0] * (len(values) - len(known))
    assert (abs(known) <= np.sqrt(len(known)) * 1.001).all()


def test_a_category_has_an_index_of_its_property_and_value():
    encoded = encode(job=(CATEGORICAL, ["cook", None, "pilot", "cook"]), town=(CATEGORICAL, ["cook", "x", "", float("nan")]))
    assert names(encoded) == [[("job", "cook"), ("town", "cook")], [("town", "x")], [("job", "pilot")], [("job", "cook")]]
    assert encoded.vocabulary[0] == ("", "")
    assert len(set(encoded.vocabulary)) == len(encoded.vocabulary)


def test_a_node_has_all_of_its_categories():
    encoded = encode(genres=(MULTI, [["b", "a"], [], None, ["a"], ("c", "b", "a")]))
    assert names(encoded) == [
        [("genres", "b"), ("genres", "a")],
        [],
        [],
        [("genres", "a")],
        [("genres", "c"), ("genres", "b"), ("genres", "a")],
    ]
    assert encoded.categories.shape == (5, 3)


def test_the_vocabulary_does_not_depend_on_the_order_of_nodes():
    values = [["b"], ["a", "c"], ["a"]]
    assert encode(g=(MULTI, values)).vocabulary == encode(g=(MULTI, values[::-1])).vocabulary


def test_without_features_there_are_no_columns():
    kind = NodeKind(label="Item", role=NodeRole.ITEM)
    encoded = encode_features(kind, NodeColumns(ids=np.arange(4), columns={"title": ["x"] * 4}))
    assert (encoded.numeric.shape, encoded.categories.shape) == ((4, 0), (4, 0))
