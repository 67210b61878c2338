"""Columns of text → properties of a proper type, and which of them a model should read."""

from __future__ import annotations

from enum import Enum

import polars as pl

from graph.schema import Feature, FeatureType
from loaders.files.rows import LARGEST_NUMBER, LIST_MARK

TITLES = ("title", "name", "movie_title", "item_name", "item_title")
MAX_CATEGORY_SHARE = 0.2  # a text property with more distinct values than this share of nodes is an identifier, not a category


class PropertyKind(str, Enum):
    """What a column is said to hold."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    MULTI = "multi"  # several categories in one field
    TEXT = "text"  # words that the model reads
    DATE = "date"  # ISO 8601, or a number since 1970
    VECTOR = "vector"  # numbers, as many in each row
    KEPT = "kept"  # text for people, no input of a model
    UNKNOWN = "unknown"  # a number, a category or a text: found by its values


def typed_property(name: str, kind: PropertyKind, column: pl.Series, separator: str = " ") -> tuple[pl.Series, Feature | None]:
    """Return a property and, if a model should read it, the feature it is.

    An empty field is a missing property; ``separator`` parts several categories of one field. An unknown column that is all
    numbers is one of numbers if it has fractions, or many distinct values that come again, such as ages and years.
    """
    text = column.str.strip_chars()
    text = text.set(text == "", None)
    if kind is PropertyKind.UNKNOWN and text.str.starts_with(LIST_MARK).any():
        kind = _kind_of_lists(text)
    if kind is PropertyKind.MULTI:
        return pl.select(parts_of(pl.lit(text), separator)).to_series().alias(name), Feature(name=name, type=FeatureType.MULTI)
    if kind is PropertyKind.VECTOR:
        numbers = parts_of(pl.lit(text), separator).cast(pl.List(pl.Float64))
        return pl.select(numbers).to_series().alias(name), Feature(name=name, type=FeatureType.VECTOR)
    number = text.cast(pl.Float64, strict=False)
    number = number.set(~(number.abs() <= LARGEST_NUMBER), None)  # NaN too, which polars holds above every number
    all_numbers = number.null_count() == text.null_count() and text.null_count() < len(text)
    distinct = text.drop_nulls().n_unique()
    few = distinct <= len(text) * MAX_CATEGORY_SHARE
    if kind is PropertyKind.TEXT:
        return text.alias(name), Feature(name=name, type=FeatureType.TEXT)
    if kind is PropertyKind.DATE:
        return (_as_number(number) if all_numbers else text).alias(name), Feature(name=name, type=FeatureType.DATE)
    measures = all_numbers and distinct > 10 and (few or not _are_whole(number))
    if kind is PropertyKind.NUMERIC or (kind is PropertyKind.UNKNOWN and measures):
        return _as_number(number).alias(name), Feature(name=name, type=FeatureType.NUMERIC)
    text = text.to_frame().select(as_one_text(pl.col(text.name))).to_series()
    guessed = kind is PropertyKind.UNKNOWN and 1 < distinct <= max(2, len(text) * MAX_CATEGORY_SHARE)
    categorical = kind is PropertyKind.CATEGORICAL or guessed
    return text.alias(name), Feature(name=name, type=FeatureType.CATEGORICAL) if categorical else None


def parts_of(text: pl.Expr, separator: str) -> pl.Expr:
    """Return the parts of each text without spaces around them, and no empty one; a list that was told as text is one again."""
    parts = pl.when(text.str.starts_with(LIST_MARK)).then(text.str.split(LIST_MARK)).otherwise(text.str.split(separator))
    return parts.list.eval(pl.element().str.strip_chars()).list.eval(pl.element().filter(pl.element() != ""))


def as_one_text(text: pl.Expr) -> pl.Expr:
    """Return each text as it is, and a list that was told as text with strokes between its elements."""
    return text.str.strip_prefix(LIST_MARK).str.replace_all(LIST_MARK, "|", literal=True)


def _kind_of_lists(text: pl.Series) -> PropertyKind:
    """Return vectors if all lists are of numbers, of which some are no whole ones."""
    elements = pl.select(parts_of(pl.lit(text.drop_nulls()), " ")).to_series().explode(empty_as_null=False)
    number = elements.cast(pl.Float64, strict=False)
    return PropertyKind.MULTI if number.has_nulls() or _are_whole(number) else PropertyKind.VECTOR


def _are_whole(number: pl.Series) -> bool:
    known = number.drop_nulls()
    return bool((known == known.round()).all())


def _as_number(number: pl.Series) -> pl.Series:
    return number.cast(pl.Int64) if _are_whole(number) else number
