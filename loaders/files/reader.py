"""What a file format is to Hopline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from loaders.files.plan import Plan


@dataclass(frozen=True)
class Given:
    """What a user points at: a folder or a file, and what they say of it. ``encoding`` None: UTF-8, or by byte order mark.

    ``mapping``: for tables of people's own, a file that says which holds what, or what such a file holds.
    """

    path: Path
    encoding: str | None = None
    mapping: Path | Mapping[str, Any] | None = None


class Reader(Protocol):
    """One format: how it is recognised, and which of its files hold what. ``example`` is a command that reads one."""

    name: str
    description: str
    example: str

    def matches(self, path: Path) -> bool:
        """Whether the folder, or the one file, is of this format."""
        ...

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: a file that is missing, empty or malformed.
        """
        ...
