"""File formats → clean tables, one file a format.

A row that cannot be used is set aside with its file, line and reason; a file or data set that cannot be used is an
:class:`~loaders.errors.InputError`.
"""

from pathlib import Path

from graph.tables import Tables
from loaders.errors import InputError
from loaders.files.kgcn import KGCN
from loaders.files.movielens import MovieLens
from loaders.files.reader import Reader
from loaders.files.recbole import RecBole

READERS: tuple[Reader, ...] = (RecBole(), KGCN(), MovieLens())


def read_tables(folder: Path, format: str | None = None) -> Tables:
    """Read a data set; ``format`` None finds its format by the files' names.

    Raises:
        InputError: no such folder, an unknown format, or files that cannot be used.
    """
    known = "; ".join(f"{reader.name}: {reader.description}" for reader in READERS)
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}; give the folder that holds the data set's files")
    if format is None:
        found = [reader for reader in READERS if reader.matches(folder)]
        if not found:
            names = sorted(path.name for path in folder.iterdir())[:10]
            raise InputError(f"{folder} holds no known format (it has {names}); known are {known}")
        return found[0].read(folder)
    for reader in READERS:
        if reader.name == format:
            return reader.read(folder)
    raise InputError(f"got format {format!r}; known are {known}")
