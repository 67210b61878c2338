"""Opens a data set: finds its format, then reads and checks all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.errors import InputError
from loaders.files.reader import Given
from loaders.files.readers import find_reader
from loaders.files.stage import Stage


@contextmanager
def open_data_set(
    path: Path,
    format: str | None = None,
    *,
    encoding: str | None = None,
    scratch: Path | None = None,
) -> Iterator[Stage]:
    """Read a folder, and hold what is usable, in files under ``scratch`` where it is large, while the block runs.

    ``format`` None finds it by the files' names; ``encoding`` None is UTF-8, or what a byte order mark says.

    Raises:
        InputError: no such folder, an unknown format, or files that cannot be used.
    """
    if not path.is_dir():
        raise InputError(f"there is no folder {path}; give the folder that holds the data set's files")
    plan = find_reader(path, format).plan(Given(path, encoding))
    with tempfile.TemporaryDirectory(prefix="hopline-import-", dir=scratch) as folder:
        yield Stage(plan, Path(folder))
