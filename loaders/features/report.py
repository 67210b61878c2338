"""What fitting found in a property: how many nodes have it, and what could not be used."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from graph.property_values import is_missing
from graph.schema import Feature
from graph.snapshot import Column

EXAMPLE_LENGTH = 60  # characters shown of an unusable value


class PropertyReport(BaseModel):
    """One property of a label's nodes when it was fitted.

    ``coverage`` is the share of nodes with a usable value, ``distinct`` the number of different values, ``unusable`` how many
    nodes have a value of another kind than declared, which counts as missing, and ``example`` one such value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    name: str
    type: str
    num_nodes: int
    coverage: float
    distinct: int
    unusable: int
    example: str | None

    @classmethod
    def of(cls, label: str, feature: Feature, column: Column, known: NDArray[np.bool_]) -> PropertyReport:
        """Count a column; ``known`` bool[n] tells which values its transform could use."""
        given = np.asarray([not is_missing(value) for value in column], np.bool_)
        unusable = np.flatnonzero(given & ~known)
        return cls(
            label=label,
            name=feature.name,
            type=feature.type.value,
            num_nodes=len(column),
            coverage=float(known.mean()) if len(known) else 0.0,
            distinct=_count_distinct(column, given),
            unusable=len(unusable),
            example=_shown(column[unusable[0]]) if len(unusable) else None,
        )


def _count_distinct(column: Column, given: NDArray[np.bool_]) -> int:
    if isinstance(column, np.ndarray) and column.dtype != object:
        return len(np.unique(column[given], axis=0))
    return len({_hashable(value) for value, there in zip(column, given, strict=True) if there})


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, np.ndarray)) else value


def _shown(value: Any) -> str:
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= EXAMPLE_LENGTH else f"{text[:EXAMPLE_LENGTH]}…"
