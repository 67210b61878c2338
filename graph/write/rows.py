"""Rows of a table as parameters of a statement."""

from __future__ import annotations

import polars as pl


def property_maps(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return a map a row; a null stays in it, which in Cypher takes the property away."""
    return frame.to_dicts() if frame.width else [{} for _ in range(frame.height)]


def key_places(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the distinct values of a column, and for each row its value's place among them."""
    distinct = column.rename("key").unique(maintain_order=True)
    places = pl.DataFrame(column.rename("key")).join(
        pl.DataFrame(distinct).with_row_index("place"), on="key", how="left", nulls_equal=True, maintain_order="left"
    )
    return distinct, places["place"]
