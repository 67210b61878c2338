"""Where the data sets and their splits are: ``HOPLINE_DATA``, else ``shared/data`` beside the checkout."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from hopline.errors import InputError
from hopline.run_folder import Run

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

    def interactions(self, part: str) -> Interactions:
        """Return the pairs of a part by index."""
        users, items = self.index("user_list"), self.index("item_list")
        pairs = self.pairs(part)
        return Interactions(
            np.array([users[user] for user, _ in pairs]),
            np.array([items[item] for _, item in pairs]),
            len(users),
            len(items),
        )

    def copy_without_test(self, folder: Path) -> None:
        """Copy the data set, its interactions cut down to train and valid."""
        shutil.copytree(self.folder, folder)
        known = set(self.pairs("trainvalid"))
        path = next(folder.glob("*.inter"), folder / "user_artists.dat")
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if tuple(line.rstrip("\n").split("\t")[:2]) in known]
        path.write_text(header + "".join(kept), encoding="utf-8")

    def split_config(self) -> dict[str, Any]:
        """Return the ``[split]`` section that trains on train, validates on valid and knows of no test."""
        return {"by": "files", "train_file": self.split / "train.txt", "valid_file": self.split / "valid.txt"}

    def scorer(self, run: Run) -> VectorScorer:
        """Return a run's vectors as a scorer over the split's users and items."""
        return VectorScorer(
            _in_order(run.users.ids, run.users.vectors, self.index("user_list")),
            _in_order(run.items[0].ids, run.items[0].vectors, self.index("item_list")),
        )


def _in_order(ids: NDArray[np.generic], vectors: NDArray[np.float32], index: dict[str, int]) -> NDArray[np.float32]:
    """Return the vectors in the split's order; a node that the graph lacks (no interaction in train) gets zeros."""
    ordered = np.zeros((len(index), vectors.shape[1]), np.float32)
    rows = np.asarray([index.get(str(raw), -1) for raw in ids.tolist()])
    ordered[rows[rows >= 0]] = vectors[rows >= 0]
    return ordered


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
