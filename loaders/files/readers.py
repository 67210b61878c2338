"""The formats that Hopline reads, in the order they are tried."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import InputError
from loaders.files.demo import Demo
from loaders.files.kgcn import KGCN
from loaders.files.reader import Reader
from loaders.files.recbole import RecBole
from loaders.files.tables import Mapped, Tables

READERS: tuple[Reader, ...] = (Mapped(), RecBole(), KGCN(), Demo(), Tables())


def find_reader(path: Path, format: str | None) -> Reader:
    """Return the reader of ``format``, or None: the one that knows the files by their names.

    Raises:
        InputError: there is no such format, or the files are of none.
    """
    known = "; ".join(f"{reader.name}: {reader.description}" for reader in READERS)
    if format is not None:
        for reader in READERS:
            if reader.name == format:
                return reader
        raise InputError(f"got format {format!r}; known are {known}")
    for reader in READERS:
        if reader.matches(path):
            return reader
    held = sorted(one.name for one in path.iterdir())[:10]  # a file is a table, or refused as one
    raise InputError(f"{path} holds no known format (it has {held}); known are {known}")
