"""Where an export goes, and in which format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graph.progress import OnStage
from graph.snapshot import Snapshot
from loaders.errors import InputError
from loaders.export.parquet import write_parquet
from loaders.export.recbole import write_recbole
from loaders.export.report import ExportReport

WRITERS: dict[str, Callable[[Snapshot, Path, OnStage], ExportReport]] = {"parquet": write_parquet, "recbole": write_recbole}


def prepare_folder(folder: Path, format: str) -> Path:
    """Make the folder of an export.

    Raises:
        InputError: there is no such format, or the folder holds something.
        OSError: it cannot be made.
    """
    if format not in WRITERS:
        raise InputError(f"got format {format!r}; expected one of {', '.join(WRITERS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there and holds something; name a folder that is new or empty")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
