"""Columns of text → node properties of a proper type, and which of them a model should read."""

from __future__ import annotations

import polars as pl

from graph.schema import Feature, FeatureType
from loaders.files.lines import LARGEST_NUMBER

TITLES = ("title", "name", "movie_title", "item_name", "item_title")
MAX_CATEGORY_SHARE = 0.2  # a text property with more distinct values than this share of nodes is an identifier, not a category


def typed_property(name: str, kind: str, column: pl.Series) -> tuple[pl.Series, Feature | None]:
    """Return a property and, if a model should read it, the feature it is.

    ``kind`` is RecBole's field type: token, token_seq, float or float_seq. An empty field is a missing property. Tokens that
    are all numbers with many distinct values, such as ages and years, are numbers.
    """
    text = column.str.strip_chars()
    text = text.set(text == "", None)
    if kind == "token_seq" and name not in TITLES:
        parts = text.str.split(" ").list.eval(pl.element().filter(pl.element() != "")).alias(name)
        return parts, Feature(name=name, type=FeatureType.MULTI)
    if kind == "float_seq":
        return text.alias(name), None
    number = text.cast(pl.Float64, strict=False)
    number = number.set(~(number.abs() <= LARGEST_NUMBER), None)  # NaN too, which polars holds above every number
    all_numbers = number.null_count() == text.null_count() and text.null_count() < len(text)
    distinct = text.drop_nulls().n_unique()
    if kind == "float" or (kind == "token" and all_numbers and distinct > 10 and distinct <= len(text) * MAX_CATEGORY_SHARE):
        return _as_number(number).alias(name), Feature(name=name, type=FeatureType.NUMERIC)
    if kind == "token" and 1 < distinct <= max(2, len(text) * MAX_CATEGORY_SHARE):
        return text.alias(name), Feature(name=name, type=FeatureType.CATEGORICAL)
    return text.alias(name), None


def _as_number(number: pl.Series) -> pl.Series:
    known = number.drop_nulls()
    return number.cast(pl.Int64) if (known == known.round()).all() else number
