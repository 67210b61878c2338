"""Laws that hold for every transform, whatever a property holds."""

import json
from datetime import date, datetime, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from graph.schema import FeatureType
from loaders.features.registry import FITS, AnyTransform

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["red", "blue", "1999", "2020-02-29T12:00:00Z", "Star Wars"]),
    st.dates(date(1, 1, 1)),
    st.datetimes(datetime(1, 1, 1), timezones=st.sampled_from([None, timezone.utc])),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.lists(st.floats(width=32), min_size=3, max_size=3))
COLUMNS = st.one_of(
    st.lists(VALUES, max_size=12),
    st.lists(st.floats(), max_size=12).map(np.array),
    st.lists(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), max_size=12),
)
pytestmark = pytest.mark.parametrize("type_", list(FeatureType))


def arrays(encoded):
    return encoded.dense, encoded.categories, encoded.weights, encoded.known


def through_json(transform):
    return TypeAdapter(AnyTransform).validate_python(json.loads(json.dumps(transform.model_dump(mode="json"))))


@settings(deadline=None, max_examples=60)
@given(seen=COLUMNS, unseen=COLUMNS)
def test_inputs_are_finite_and_as_wide_as_when_fitted(type_, seen, unseen):
    fitted = FITS[type_](seen)
    first, later = fitted.transform(seen), fitted.transform(unseen)
    for encoded, column in ((first, seen), (later, unseen)):
        assert all(len(array) == len(column) and np.isfinite(array).all() for array in arrays(encoded))
        assert (encoded.dense.dtype, encoded.categories.dtype, encoded.weights.dtype) == (np.float32, np.int64, np.float32)
        assert ((encoded.categories >= 0) & (encoded.categories < encoded.num_categories)).all()
        assert ((encoded.weights > 0) == (encoded.categories > 0)).all()
        assert (np.abs(encoded.dense) <= 10).all()
    assert first.dense.shape[1:] == later.dense.shape[1:]
    assert first.categories.shape[1:] == later.categories.shape[1:]


@settings(deadline=None, max_examples=60)
@given(seen=COLUMNS, unseen=COLUMNS)
def test_read_back_from_json_it_gives_the_same_bits(type_, seen, unseen):
    fitted = FITS[type_](seen)
    again = through_json(fitted)
    assert again == fitted
    for column in (seen, unseen):
        for one, other in zip(arrays(fitted.transform(column)), arrays(again.transform(column)), strict=True):
            assert one.tobytes() == other.tobytes()


@settings(deadline=None, max_examples=30)
@given(column=st.lists(VALUES, min_size=1, max_size=8))
def test_a_node_is_encoded_alike_whatever_is_beside_it(type_, column):
    fitted = FITS[type_](column)
    whole = arrays(fitted.transform(column))
    for row, value in enumerate(column):
        for one, other in zip(arrays(fitted.transform([value])), whole, strict=True):
            assert one[0].tobytes() == other[row].tobytes()
