"""The formats that Hopline reads."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import InputError
from loaders.files.amazon import Amazon
from loaders.files.demo import Demo
from loaders.files.kgat import KGAT
from loaders.files.kgcn import KGCN
from loaders.files.lightgcn import LightGCN
from loaders.files.movielens import MovieLens
from loaders.files.pair_files import PairFiles
from loaders.files.reader import Reader
from loaders.files.recbole import RecBole
from loaders.files.tables import Mapped, Tables

_NAMED: tuple[Reader, ...] = (RecBole(), MovieLens(), Amazon(), LightGCN(), KGAT(), KGCN(), PairFiles(), Demo())
# What people say of their files counts first; then what the files are named; then what their columns are called.
_TRIED: tuple[tuple[Reader, ...], ...] = ((Mapped(),), _NAMED, (Tables(),))
READERS: tuple[Reader, ...] = tuple(reader for readers in _TRIED for reader in readers)


def find_reader(path: Path, format: str | None) -> Reader:
    """Return the reader of ``format``, or None: the one that knows the files by their names.

    Raises:
        InputError: there is no such format, or the files are of none, or of several.
    """
    known = "; ".join(f"{reader.name}: {reader.description}" for reader in READERS)
    if format is not None:
        for reader in READERS:
            if reader.name == format:
                return reader
        raise InputError(f"got format {format!r}; known are {known}")
    for readers in _TRIED:
        found = [reader for reader in readers if reader.matches(path)]
        if len(found) > 1:
            names = [reader.name for reader in found]
            raise InputError(
                f"{path} may be of several formats, by its files' names: {', '.join(names)}; say which: --format {names[0]}"
            )
        if found:
            return found[0]
    held = sorted(one.name for one in path.iterdir())[:10]  # a file is a table, or refused as one
    raise InputError(f"{path} holds no known format (it has {held}); known are {known}")
