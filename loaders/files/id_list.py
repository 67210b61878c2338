"""Lists that say which number of a data set's other files stands for which id: ``org_id remap_id`` a line, under a header."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders.files.combined import Held
from loaders.files.lines import Delimited, read_rows
from loaders.files.plan import NodeFile
from loaders.files.properties import PropertyKind
from loaders.files.rows import Rows, require_columns

ID, NUMBER = "org_id", "remap_id"


@dataclass(frozen=True)
class IdList:
    """One list, each number and each id once; further columns are texts."""

    rows: Rows

    @classmethod
    def read(cls, path: Path, encoding: str | None = None) -> IdList | None:
        """Read a list, or return None if there is no such file.

        Raises:
            InputError: it is empty, not in its encoding, lacks a column, or has no usable row.
        """
        if not path.is_file():
            return None
        separator = separator_of(path, encoding)
        require_columns(Delimited(path, None, separator, encoding), ID, NUMBER)
        rows = read_rows(path, None, separator, encoding)
        rows.require_text(ID, NUMBER)
        rows.unique(NUMBER)
        rows.unique(ID)
        rows.not_empty()
        return cls(rows)

    def name(self, rows: Rows, *columns: str) -> None:
        """Put ids in place of the numbers in columns; set aside the rows whose number is not in the list."""
        listed = self.rows.frame
        for column in columns:
            rows.known(column, listed[NUMBER], self.rows.path.name)
            rows.frame = rows.frame.with_columns(pl.col(column).replace_strict(listed[NUMBER], listed[ID], default=None))

    def nodes(self, label: str) -> NodeFile:
        """Return the list as the file of a label's nodes."""
        held = Held(self.rows)
        return NodeFile(held, label, ID, {name: PropertyKind.KEPT for name in held.columns if name not in {ID, NUMBER}})


def separator_of(path: Path, encoding: str | None = None) -> str:
    """Return the separator of a file, a tab or a space, as its first line shows."""
    return "\t" if "\t" in Delimited(path, encoding=encoding).first_line() else " "
