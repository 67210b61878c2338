"""A text file's records where a field in quotation marks may hold separators and line ends, as RFC 4180 has it.

Source: RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", section 2. A mark within a field that
does not begin with one is a character like others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from loaders.files.lines import number_lines
from loaders.files.rows import LINE, RAW

MARK = '"'
MOST_LINES = 1000  # of one record: a mark that is not closed by then was never meant to open a field


def number_records(path: Path, delimiter: str, encoding: str | None = None, width: int | None = None) -> Iterator[pl.DataFrame]:
    """Yield batches of records: the number of their first line, and their text, line feeds between its lines.

    Lines are one record only if that has ``width`` fields, or any number if None: so a stray mark costs its own line, and none
    of those up to the next mark.

    Raises:
        InputError: the file is missing, or not in its encoding.
    """
    waiting: pl.DataFrame | None = None
    for lines in number_lines(path, encoding):
        batch = lines if waiting is None else pl.concat([waiting, lines])
        records, waiting = _join(batch, delimiter, width, at_end=False)
        yield records
    if waiting is not None:
        yield _join(waiting, delimiter, width, at_end=True)[0]


def fields_of(record: str, delimiter: str) -> list[str] | None:
    """Return the fields of one record; None if a mark is not closed, or text stands between a closing one and the delimiter."""
    fields, is_whole = _split(record, delimiter)
    return fields if is_whole else None


def _split(record: str, delimiter: str) -> tuple[list[str], bool | None]:
    """Return the fields, and whether the record is whole; None if it is not, and no further line could make it so."""
    fields: list[str] = []
    place = 0
    while True:
        if record.startswith(MARK, place):
            end = _closing(record, place + 1)
            after = end + 1
            if end < 0:
                return fields, False
            if not (after == len(record) or record.startswith(delimiter, after)):
                return fields, None
            fields.append(record[place + 1 : end].replace(MARK * 2, MARK))
        else:
            end = record.find(delimiter, place)
            after = len(record) if end < 0 else end
            fields.append(record[place:after])
        if after == len(record):
            return fields, True
        place = after + len(delimiter)


def _closing(text: str, place: int) -> int:
    """Return where the mark is that closes a field whose text begins at ``place``, or -1."""
    while True:
        end = text.find(MARK, place)
        if end < 0 or not text.startswith(MARK, end + 1):
            return end
        place = end + 2


def _join(batch: pl.DataFrame, delimiter: str, width: int | None, *, at_end: bool) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the whole records, and the lines of one whose end is yet to come.

    Marks that belong together are even in number, so only a line with an odd number of them can open a field and leave it so.
    """
    marks = batch[RAW].str.count_matches(MARK, literal=True)
    odd = (marks % 2 == 1).arg_true().to_list()
    if not odd:
        return batch, None
    lines, marked = batch[RAW].to_list(), (marks > 0).arg_true().to_list()
    record_of: dict[int, int] = {}
    waiting = None
    passed = -1  # the last line of the records so far
    for first in odd:
        if first <= passed or _split(lines[first], delimiter)[1] is not False:
            continue
        end, is_settled = _end(lines, marked, first, delimiter, width)
        if end is not None:
            passed = end
            record_of |= dict.fromkeys(range(first + 1, end + 1), first)
        elif not at_end and not is_settled:
            batch, waiting = batch[:first], batch[first:]
            break
    if record_of:
        number = pl.Series("__record", [record_of.get(n, n) for n in range(batch.height)])
        whole = batch.with_columns(number).group_by("__record", maintain_order=True)
        batch = whole.agg(pl.col(LINE).first(), pl.col(RAW).str.join("\n")).drop("__record")
    return batch, waiting


def _end(lines: Sequence[str], marked: Sequence[int], first: int, delimiter: str, width: int | None) -> tuple[int | None, bool]:
    """Return the line that ends the record begun by ``first``, or None, and whether more lines could not change that.

    ``marked``: the places of the lines with marks, as no others can end a record.
    """
    record, before = lines[first], first
    for number in range(bisect_right(marked, first), len(marked)):
        place = marked[number]
        if place - first >= MOST_LINES:
            break
        record = "\n".join([record, *lines[before + 1 : place + 1]])
        before = place
        fields, is_whole = _split(record, delimiter)
        if is_whole is not False:
            return (place if is_whole and width in {None, len(fields)} else None), True
    return None, len(lines) - first >= MOST_LINES
