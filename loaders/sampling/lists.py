"""Pairs of a list's owner and one of its members, gathered by owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lists:
    """n lists without repeats: list i belongs to ``owners[i]``, and its members are ``members[offsets[i]:offsets[i + 1]]``.

    ``owners``: int64[n], distinct, ascending; ``offsets``: int64[n + 1]; ``members``: int64[m], ascending in a list;
    ``number``: float32[m], what is told of each pair.
    """

    owners: NDArray[np.int64]
    offsets: NDArray[np.int64]
    members: NDArray[np.int64]
    number: NDArray[np.float32]

    @classmethod
    def gather(
        cls,
        source: NDArray[np.int64],
        target: NDArray[np.int64],
        number: NDArray[np.float32],
        num_targets: int,
        repeated: Literal["sum", "mean", "max"],
    ) -> Lists:
        """Gather pairs int64[k], int64[k]; of one that is there more than once the numbers become one."""
        pairs, place = np.unique(source * num_targets + target, return_inverse=True)
        if repeated == "max":
            joined = np.full(len(pairs), -np.inf)
            np.maximum.at(joined, place, number)
        else:
            joined = np.bincount(place, number, minlength=len(pairs))
            if repeated == "mean":
                joined = joined / np.bincount(place, minlength=len(pairs))
        owners, first = np.unique(pairs // num_targets, return_index=True)
        return cls(owners, np.append(first, len(pairs)), pairs % num_targets, joined.astype(np.float32))

    def __len__(self) -> int:
        return len(self.owners)

    def rows(self, lists: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return, of each member of the given lists, which of these it is in and its place in ``members``, int64[k] each."""
        sizes = np.diff(self.offsets)[lists]
        owner = np.repeat(np.arange(len(lists)), sizes)
        return owner, np.arange(len(owner)) + (self.offsets[lists] - np.append(0, sizes.cumsum()[:-1]))[owner]
