"""Refuse early what would fail half-way for want of disk space."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from graph.errors import ServerError

FreeBytes = Callable[[Path], int]
"""Says how many bytes are free on the disk that holds a folder."""

MIB = 1024 * 1024


def free_bytes(folder: Path) -> int:
    """Return the bytes free to this user on the disk that holds ``folder``, which must exist."""
    return shutil.disk_usage(folder).free


def require_free(folder: Path, needed_mib: int, purpose: str, setting: str, measure: FreeBytes = free_bytes) -> None:
    """Make ``folder`` and check that its disk has room.

    Raises:
        ServerError: the folder cannot be made, or fewer than ``needed_mib`` MiB are free.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free_mib = measure(folder) // MIB
    except OSError as error:
        raise ServerError(f"cannot use the folder {folder} for {purpose}: {error}; set {setting} to another") from error
    if free_mib < needed_mib:
        raise ServerError(
            f"{folder} has {free_mib} MiB free; {purpose} needs {needed_mib} MiB; "
            f"free some space, or set {setting} to a folder on another disk"
        )
