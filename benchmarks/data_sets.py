"""Where the data sets and their splits are: ``HOPLINE_DATA``, else ``shared/data`` beside the checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hopline.errors import InputError

NAMES = ("ml100k", "lastfm-kg")


@dataclass(frozen=True)
class DataSet:
    """A data set's files and the split that published figures were measured on."""

    name: str
    folder: Path
    split: Path

    def pairs(self, part: str) -> list[tuple[str, str]]:
        """Return the (user id, item id) pairs of ``train``, ``valid``, ``test`` or ``trainvalid``."""
        return [_two(line) for line in (self.split / f"{part}.txt").read_text(encoding="utf-8").splitlines()]

    def index(self, part: str) -> dict[str, int]:
        """Return raw id → index of ``user_list`` or ``item_list``."""
        return {raw: int(index) for raw, index in self.pairs(part)}


def _two(line: str) -> tuple[str, str]:
    one, other = line.split("\t")
    return one, other


def find(name: str | None) -> DataSet:
    """Return a data set by name.

    Raises:
        InputError: an unknown name, or no such folder.
    """
    if name not in NAMES:
        raise InputError(f"got --dataset {name}; expected one of {', '.join(NAMES)}")
    root = Path(os.environ.get("HOPLINE_DATA", Path(__file__).resolve().parents[1].parent / "shared" / "data"))
    found = DataSet(name, root / name, root / "splits" / name)
    if not found.folder.is_dir() or not found.split.is_dir():
        raise InputError(
            f"there is no {found.folder} with its split in {found.split}; set HOPLINE_DATA to the folder that has them"
        )
    return found
