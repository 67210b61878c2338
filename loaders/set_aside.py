"""Rows that cannot be used: kept with their file, line and reason, never lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

SCHEMA = {"file": pl.String, "line": pl.Int64, "reason": pl.String, "row": pl.String}


def empty() -> pl.DataFrame:
    """Return a frame of no rows."""
    return pl.DataFrame(schema=SCHEMA)


class SetAsideFile:
    """The file of one load, tab-separated; made when the first row comes, and one that an earlier load left goes at once.

    ``keep``: the earlier one stays and rows are added to it, as a stream cannot be read again. The row as read is the last
    column, tabs and all; line feeds within it are told as two signs, a backslash and n.
    """

    def __init__(self, path: Path, *, keep: bool = False) -> None:
        self.path = path
        self._counts: Counter[str] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not keep:
            path.unlink(missing_ok=True)

    def add(self, rows: pl.DataFrame) -> None:
        """Write rows of the columns of :data:`SCHEMA`."""
        if rows.is_empty():
            return
        row = pl.col("row").str.replace_all("\n", r"\n", literal=True)
        lines = rows.select(pl.concat_str(["file", pl.col("line").cast(pl.String), "reason", row], separator="\t")).to_series()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            if not file.tell():
                file.write("file\tline\treason\trow\n")
            file.write("\n".join(lines) + "\n")
        self._counts.update(dict(rows.group_by("reason").len().iter_rows()))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each reason, the most frequent first."""
        return dict(sorted(self._counts.items(), key=lambda reason: (-reason[1], reason[0])))
