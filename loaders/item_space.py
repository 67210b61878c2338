"""The items of all domains as one row of numbers, so that splits, matrices and metrics need not know of domains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ItemSpace:
    """Items of all domains, numbered one domain after the other; ``ids`` holds external ids [n] by label, in that order."""

    ids: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return sum(self.sizes.values())

    @property
    def sizes(self) -> dict[str, int]:
        """Number of items by label."""
        return {label: len(ids) for label, ids in self.ids.items()}

    @cached_property
    def places(self) -> dict[str, slice]:
        """Where each label's items are, by label."""
        ends = np.cumsum([0, *self.sizes.values()]).tolist()
        return {label: slice(*ends[number : number + 2]) for number, label in enumerate(self.ids)}
