"""Frames of pandas and other libraries as polars frames; none of them need be installed."""

from __future__ import annotations

from typing import Any

import polars as pl

from loaders.errors import InputError


def as_polars(frame: Any, name: str) -> pl.DataFrame:
    """Return a frame of polars, of pandas, or of anything that tells its columns by Arrow's C interface, as one of polars.

    The index of a pandas frame is a column if it has a name. ``name`` is for messages.

    Raises:
        InputError: it is no frame, or has columns that polars cannot hold.
    """
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    try:
        if hasattr(frame, "iloc"):  # pandas, whose own way to Arrow needs pyarrow
            whole = frame.reset_index() if any(level is not None for level in frame.index.names) else frame
            return pl.DataFrame([_series(str(column), whole[column]) for column in whole.columns])
        if hasattr(frame, "__arrow_c_stream__"):
            return pl.DataFrame(frame)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError(f"the frame {name!r} cannot be read: {error}") from error
    raise InputError(
        f"{name!r} is {type(frame).__name__}; expected a frame of polars, pandas, or another with Arrow's interface"
    )


def _series(name: str, column: Any) -> pl.Series:
    values = column.to_numpy()
    if values.dtype.kind in "iufb":
        return pl.Series(name, values)
    if values.dtype.kind == "M":
        return pl.Series(name, values.astype("datetime64[us]"))
    missing = column.isna().to_numpy()
    return pl.Series(name, [None if gone else value for value, gone in zip(values, missing, strict=True)], strict=False)
