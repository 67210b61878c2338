"""Rows that cannot be used: kept with their file, line and reason, never lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl

SCHEMA = {"file": pl.String, "line": pl.Int64, "reason": pl.String, "row": pl.String}


def empty() -> pl.DataFrame:
    """Return a frame of no rows."""
    return pl.DataFrame(schema=SCHEMA)


def write_set_aside(rows: pl.DataFrame, path: Path) -> dict[str, int]:
    """Write the rows to ``path``, tab-separated, and return their number by reason, the most frequent first.

    The row as read is the last column, tabs and all. With no rows, a file left by an earlier load is removed.
    """
    if rows.is_empty():
        path.unlink(missing_ok=True)
        return {}
    lines = rows.select(pl.concat_str(["file", pl.col("line").cast(pl.String), "reason", "row"], separator="\t")).to_series()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("file\tline\treason\trow\n" + "\n".join(lines) + "\n", encoding="utf-8")
    counted = rows.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return dict(counted.iter_rows())
