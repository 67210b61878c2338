"""Ids that are one id written in two ways: with spaces around, composed otherwise in Unicode, or as 1 and 1.0."""

from __future__ import annotations

import polars as pl

from loaders.files.rows import Rows


def folded(column: pl.Expr) -> pl.Expr:
    """Return ids with what people do not see taken away; upper and lower case stay apart, and so do 007 and 7."""
    return column.str.strip_chars().str.normalize("NFC").str.replace(r"^(-?\d+)\.0+$", "$1")


def other_spellings(ids: pl.Series) -> pl.DataFrame:
    """Return ``id`` and ``kept`` for each id that another is the plainer, or the earlier, spelling of.

    ``ids``: each once, in the order they came.
    """
    frame = ids.alias("id").to_frame().with_columns(folded(pl.col("id")).alias("folded")).with_row_index("place")
    odd = frame.filter(pl.col("id") != pl.col("folded"))
    if odd.is_empty():
        return pl.DataFrame(schema={"id": pl.String, "kept": pl.String})
    met = frame.filter(pl.col("folded").is_in(odd["folded"].implode())).sort(pl.col("id") != pl.col("folded"), "place")
    return (
        met.with_columns(pl.col("id").first().over("folded").alias("kept"))
        .filter(pl.col("id") != pl.col("kept"))
        .select("id", "kept")
    )


def reject_spellings(rows: Rows, column: str, spellings: pl.DataFrame) -> None:
    """Set aside the rows whose id is another spelling, and say of which."""
    if spellings.is_empty():
        return
    kept = pl.col(column).replace_strict(spellings["id"], spellings["kept"], default=None)
    reason = pl.format(
        "the id {} is {} written otherwise; write both alike",
        pl.col(column).map_elements(ascii, pl.String),
        kept.map_elements(ascii, pl.String),
    )
    rows.reject(pl.col(column).is_in(spellings["id"].implode()), reason)
