"""What a file format is to Hopline."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from graph.tables import Tables


class Reader(Protocol):
    """One format: how it is recognised, and how its files become tables."""

    name: str
    description: str

    def matches(self, folder: Path) -> bool:
        """Whether the folder holds files of this format."""
        ...

    def read(self, folder: Path) -> Tables:
        """Read the files.

        Raises:
            InputError: a file that is missing, empty or malformed, or of which no row is usable.
        """
        ...
