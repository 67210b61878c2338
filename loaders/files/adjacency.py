"""Lines of a user and the items they met, ``user item item …``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders.errors import InputError
from loaders.files.blocks import size_of
from loaders.files.id_list import IdList
from loaders.files.lines import number_lines
from loaders.files.rows import RAW, Rows

COLUMNS = ("user", "item")
_GROWTH = 5
_BATCH_BYTES = 1 << 21
NO_ITEM = "no item comes after the user"


@dataclass(frozen=True)
class Adjacency:
    """A file of such lines as rows of ``user`` and ``item``: what is set aside is one item of a line, not all of it.

    ``users`` and ``items`` name the file's numbers, if given.
    """

    path: Path
    encoding: str | None = None
    users: IdList | None = None
    items: IdList | None = None
    columns: tuple[str, ...] = COLUMNS

    @property
    def size_bytes(self) -> int:
        """About how much text its rows would be: an item is a few characters here, and a row with its user there."""
        return _GROWTH * size_of(self.path)

    def batches(self) -> Iterator[Rows]:
        """Yield the rows, several batches a block of the file, as they take more room than their lines.

        Raises:
            InputError: the file is missing, empty, or not in its encoding.
        """
        empty = True
        for lines in number_lines(self.path, self.encoding):
            empty = False
            part = (pl.col(RAW).str.len_bytes().cum_sum() // _BATCH_BYTES).alias("__part")
            for batch in lines.with_columns(part).partition_by("__part", maintain_order=True, include_key=False):
                yield self._read(Rows(self.path, batch.filter(pl.col(RAW) != "")))
        if empty:
            raise InputError(f"{self.path} is empty; expected lines of a user and the items they met, such as 0 17 42")

    def _read(self, rows: Rows) -> Rows:
        words = pl.col(RAW).str.replace_all("\t", " ", literal=True).str.strip_chars(" ").str.split(" ")
        rows.frame = rows.frame.with_columns(words.list.first().alias("user"), words.list.slice(1).alias("item"))
        rows.reject(pl.col("item").list.len() == 0, NO_ITEM)
        pairs = rows.frame.explode("item").filter(pl.col("item") != "")  # between two spaces
        rows.frame = pairs.with_columns(pl.format("{} {}", "user", "item").alias(RAW))
        for column, names in zip(COLUMNS, (self.users, self.items), strict=True):
            if names is not None:
                names.name(rows, column)
        return rows
