"""Several tables read as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders.files.rows import LINE, RAW, Rows, Source, require_columns


@dataclass(frozen=True)
class Chained:
    """Tables of the same columns, one after the other."""

    sources: Sequence[Source]

    @property
    def path(self) -> Path:
        """The first one's file."""
        return self.sources[0].path

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of each."""
        return self.sources[0].columns

    @property
    def size_bytes(self) -> int:
        """How much there is in all."""
        return sum(source.size_bytes for source in self.sources)

    def batches(self) -> Iterator[Rows]:
        """Yield the rows of each."""
        for source in self.sources:
            yield from source.batches()


@dataclass(frozen=True)
class Joined:
    """A table, and beside its columns those of another, small one, in the rows that have the same ``key``.

    A row of the other whose key comes again, or is in no row of the table, is set aside.
    """

    source: Source
    other: Source
    key: str

    @property
    def path(self) -> Path:
        """The table's file."""
        return self.source.path

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of both.

        Raises:
            InputError: a file is missing or empty, or the other one has no such key.
        """
        require_columns(self.other, self.key)
        return (*self.source.columns, *(name for name in self.other.columns if name != self.key))

    @property
    def size_bytes(self) -> int:
        """How much there is in both."""
        return self.source.size_bytes + self.other.size_bytes

    def batches(self) -> Iterator[Rows]:
        """Yield the table's rows, and what is set aside of the other at the end."""
        other = Rows.joined(list(self.other.batches()))
        other.require_text(self.key)
        other.unique(self.key)
        beside = other.frame.drop(LINE, RAW)
        added = [name for name in beside.columns if name != self.key]
        met = [pl.Series(self.key, [], dtype=pl.String)]
        for rows in self.source.batches():
            joined = rows.frame.join(beside, on=self.key, how="left", maintain_order="left")
            rows.frame = joined.with_columns(pl.col(added).fill_null(""))
            met.append(rows.frame[self.key])
            end = Rows(other.path, rows.frame.clear(), other.rejected)
            yield rows
        other.known(self.key, pl.concat(met), self.path.name)
        yield end


@dataclass(frozen=True)
class Held:
    """A table that was read already, whole."""

    rows: Rows

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self.rows.path

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(name for name in self.rows.frame.columns if name not in (LINE, RAW))

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        return int(self.rows.frame.estimated_size())

    def batches(self) -> Iterator[Rows]:
        """Yield all rows, and what was set aside."""
        yield Rows(self.rows.path, self.rows.frame, list(self.rows.rejected))
