"""LightGCN's layout: ``train.txt`` and ``test.txt`` in lines of ``user item item …``; other behaviours in files of their own.

Source: the data folders of He et al. 2020, LightGCN (arXiv:2002.02126); and of multi-behaviour data such as Taobao's, where
train and test are purchases and ``cart.txt``, ``view.txt`` and others stand beside them (Jin et al. 2020, MBGCN,
doi:10.1145/3397271.3401072).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.adjacency import COLUMNS, NO_ITEM, Adjacency
from loaders.files.id_list import IdList
from loaders.files.lines import Delimited
from loaders.files.plan import ITEM, USER, EdgeFile, NodeFile, Plan
from loaders.files.reader import Given
from loaders.files.rows import Rows

PARTS = ("train.txt", "valid.txt", "test.txt")
_BEHAVIOURS = {
    "buy": "BOUGHT",
    "cart": "ADDED_TO_CART",
    "collect": "BOOKMARKED",
    "fav": "BOOKMARKED",
    "click": "CLICKED",
    "pv": "VIEWED",
    "view": "VIEWED",
}


class LightGCN:
    """Reads a folder in LightGCN's layout, with several behaviours or one."""

    name = "lightgcn"
    description = (
        'LightGCN: train.txt and test.txt, both loaded ([split] by = "files" keeps them apart), in lines of '
        "`user item item …`; user_list.txt and item_list.txt give the numbers' ids; behaviours beside purchases in "
        f"{', '.join(f'{name}.txt' for name in _BEHAVIOURS)}"
    )
    example = "hopline import gowalla"

    def matches(self, path: Path) -> bool:
        """There is a ``train.txt`` that begins with a user and items, all numbers, and no knowledge graph."""
        return is_adjacency(path / "train.txt") and not (path / "kg_final.txt").is_file()

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: there is no ``train.txt``, or a list of ids cannot be used.
        """
        layout = Layout.read(given)
        return Plan({USER: NodeRole.USER, ITEM: NodeRole.ITEM}, layout.nodes, layout.edges)


@dataclass(frozen=True)
class Layout:
    """What the files of interactions hold, and the ids of items if they are listed."""

    nodes: Sequence[NodeFile]
    edges: Sequence[EdgeFile]
    items: IdList | None

    @classmethod
    def read(cls, given: Given) -> Layout:
        """Look at a folder.

        Raises:
            InputError: there is no ``train.txt``, or a list of ids cannot be used.
        """
        folder = given.path
        if not (folder / "train.txt").is_file():
            raise InputError(f"there is no file {folder / 'train.txt'}; expected lines of a user and the items they met")
        users, items = _lists(folder, given.encoding)
        others = {f"{name}.txt": type_ for name, type_ in _BEHAVIOURS.items() if (folder / f"{name}.txt").is_file()}
        main = {name: "BOUGHT" if others else "INTERACTED" for name in PARTS if (folder / name).is_file()}
        edges = [
            EdgeFile(Adjacency(folder / name, given.encoding, users, items), (USER, ITEM), COLUMNS, EdgeRole.INTERACTION, type_)
            for name, type_ in (main | others).items()
        ]
        listed = ((users, USER), (items, ITEM))
        return cls([names.nodes(label) for names, label in listed if names is not None], edges, items)


def read_pairs(path: Path) -> Rows:
    """Read the users and items of one file whole, by the ids that the lists beside it give; a user without items is none.

    Raises:
        InputError: the file or a list is missing, empty or not UTF-8.
    """
    users, items = _lists(path.parent, None)
    rows = Rows.joined(list(Adjacency(path, None, users, items).batches()))
    rows.rejected = [frame.filter(pl.col("reason") != NO_ITEM) for frame in rows.rejected]
    return rows


def is_adjacency(path: Path) -> bool:
    """Whether a file is there and begins with a line of numbers with spaces between."""
    if not path.is_file():
        return False
    try:
        return re.fullmatch(r"\d+( \d+)* ?", Delimited(path).first_line()) is not None
    except InputError:
        return False


def _lists(folder: Path, encoding: str | None) -> tuple[IdList | None, IdList | None]:
    users, items = (IdList.read(folder / f"{label}_list.txt", encoding) for label in COLUMNS)
    return users, items
