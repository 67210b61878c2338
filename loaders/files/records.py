"""A text file's records where a field in quotation marks may hold separators and line ends, as RFC 4180 has it.

Source: RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", section 2.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from loaders.files.lines import number_lines
from loaders.files.rows import LINE, RAW

MARK = '"'
MOST_LINES = 1000  # of one record: a mark that is not closed by then was never meant to open a field


def number_records(path: Path, delimiter: str, encoding: str | None = None) -> Iterator[pl.DataFrame]:
    """Yield batches of records: the number of their first line, and their text, line feeds between its lines.

    A line on which a field is opened that no line of the next :data:`MOST_LINES` closes is a record of its own.

    Raises:
        InputError: the file is missing, or not in its encoding.
    """
    waiting: pl.DataFrame | None = None
    for lines in number_lines(path, encoding):
        batch = lines if waiting is None else pl.concat([waiting, lines])
        records, waiting = _join(batch, delimiter, at_end=False)
        yield records
    if waiting is not None:
        yield _join(waiting, delimiter, at_end=True)[0]


def fields_of(record: str, delimiter: str) -> list[str]:
    """Return the fields of one record.

    Raises:
        csv.Error: a quotation mark that does not close its field, or stands inside one.
    """
    return next(csv.reader((record,), delimiter=delimiter, strict=True), [])


def _join(lines: pl.DataFrame, delimiter: str, *, at_end: bool) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the whole records, and the lines of one whose end is yet to come.

    Marks that belong together are even in number, so only lines with an odd number of them can open or close a field.
    """
    odd = np.flatnonzero(lines[RAW].str.count_matches(MARK, literal=True).to_numpy() % 2)
    if not len(odd):
        return lines, None
    opening = re.compile(rf'(?:^|{re.escape(delimiter)})"(?:[^"]|"")*$')
    begins = np.ones(lines.height, np.bool_)
    place = 0
    while place < len(odd):
        first = int(odd[place])
        place += 1
        if not opening.search(lines[RAW][first]):
            continue
        if place == len(odd):
            if not at_end and lines.height - first <= MOST_LINES:
                return _grouped(lines[:first], begins[:first]), lines[first:]
        elif odd[place] - first <= MOST_LINES:
            begins[first + 1 : odd[place] + 1] = False
            place += 1
    return _grouped(lines, begins), None


def _grouped(lines: pl.DataFrame, begins: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.DataFrame:
    if begins.all():
        return lines
    marked = lines.with_columns(pl.Series("__record", np.cumsum(begins)))
    whole = marked.group_by("__record", maintain_order=True).agg(pl.col(LINE).first(), pl.col(RAW).str.join("\n"))
    return whole.select(LINE, RAW)
