"""Opens a data set: finds its format, then reads and checks all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loaders.errors import InputError
from loaders.files.foreign_frames import as_polars
from loaders.files.frames import FrameSource
from loaders.files.plan import Plan
from loaders.files.reader import Given
from loaders.files.readers import find_reader
from loaders.files.rows import Source
from loaders.files.stage import Stage
from loaders.files.tables import plan_sources


@contextmanager
def open_data_set(
    path: Path,
    format: str | None = None,
    *,
    mapping: Path | Mapping[str, Any] | None = None,
    encoding: str | None = None,
    scratch: Path | None = None,
) -> Iterator[Stage]:
    """Read a folder or a file, and hold what is usable, in files under ``scratch`` where it is large, while the block runs.

    ``format`` None finds it by the files' names; ``mapping`` says which table holds what, as a file or as what
    such a file holds; ``encoding`` None is UTF-8, or what a byte order mark says.

    Raises:
        InputError: no such folder or file, an unknown format, or files that cannot be used.
    """
    if not path.exists():
        raise InputError(f"there is no file or folder {path}; give the one that holds the data")
    if mapping is not None and format not in {None, "mapping"}:
        raise InputError(f"got a mapping and the format {format!r}; a mapping is for tables: leave one of the two out")
    reader = find_reader(path, format if mapping is None else "mapping")
    with open_plan(reader.plan(Given(path, encoding, mapping)), scratch) as stage:
        yield stage


@contextmanager
def open_frames(
    frames: Mapping[str, Any], *, mapping: Path | Mapping[str, Any] | None = None, scratch: Path | None = None
) -> Iterator[Stage]:
    """Read frames of polars, pandas or others, and hold what is usable while the block runs.

    Their names stand for the files of a mapping; without one, they tell with the columns' names what a frame holds: users, a
    kind of items, or interactions.

    Raises:
        InputError: something that is no frame, or frames that cannot be used.
    """
    sources: dict[str, Source] = {name: FrameSource(as_polars(frame, name), Path(name)) for name, frame in frames.items()}
    with open_plan(plan_sources(sources, mapping, "the frames"), scratch) as stage:
        yield stage


@contextmanager
def open_plan(plan: Plan, scratch: Path | None = None) -> Iterator[Stage]:
    """Read what a plan names, and hold what is usable while the block runs.

    Raises:
        InputError: something of it cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="hopline-import-", dir=scratch) as folder:
        yield Stage(plan, Path(folder))
