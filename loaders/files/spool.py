"""Rows that wait on disk, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

BUFFER_BYTES = 1 << 26  # held in memory, by all parts together, before it goes to disk


class Spool:
    """Frames of the same columns, in the order they came; small ones are never written.

    ``sharing``: how many spools share the memory for what is not on disk yet.
    """

    def __init__(self, stem: Path, sharing: int = 1) -> None:
        self._stem = stem
        self._limit = BUFFER_BYTES // sharing
        self._files: list[Path] = []
        self._held: list[pl.DataFrame] = []
        self._held_bytes = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows."""
        if frame.is_empty():
            return
        self._held.append(frame)
        self._held_bytes += int(frame.estimated_size())
        if self._held_bytes > self._limit:
            path = self._stem.with_name(f"{self._stem.name}-{len(self._files)}.arrow")
            pl.concat(self._held).write_ipc(path, compression="lz4")
            self._files.append(path)
            self._held, self._held_bytes = [], 0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for path in self._files:
            yield pl.read_ipc(path)
        yield from self._held


class Partitions:
    """Rows divided by a column, so that equal values meet in one part, and a part fits in memory."""

    def __init__(self, stem: Path, number: int) -> None:
        self.number = number
        self._parts = [Spool(stem.with_name(f"{stem.name}-{n}"), sharing=number) for n in range(number)]

    def add(self, frame: pl.DataFrame, by: pl.Expr) -> None:
        """Add rows, each to the part of its value of ``by``."""
        if self.number == 1:
            self._parts[0].add(frame)
            return
        marked = frame.with_columns((by.hash(0) % self.number).alias("__part"))
        for (part,), rows in marked.partition_by("__part", as_dict=True, include_key=False).items():
            self._parts[int(part)].add(rows)

    def part(self, number: int) -> Sequence[pl.DataFrame]:
        """Return the rows of one part."""
        return list(self._parts[number])
