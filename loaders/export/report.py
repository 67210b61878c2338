"""What an export did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WrittenFile:
    """A file and how many rows it has."""

    path: Path
    rows: int


@dataclass(frozen=True)
class ExportReport:
    """The files, and a sentence for each thing that the format cannot hold as the graph does."""

    files: tuple[WrittenFile, ...]
    notes: tuple[str, ...]
