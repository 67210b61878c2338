"""The protocol of transforms."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from graph.snapshot import Column
from loaders.features.node_features import NodeFeatures

LIMIT = 10.0  # deviations from the mean that any number is cut to, so that an unseen extreme cannot swamp a vector


class Transform(BaseModel, ABC):
    """A transform and what it learnt; its fields are all of its state.

    A subclass has a field ``method``, a literal that names it in JSON, and is entered in ``registry``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    @abstractmethod
    def fit(cls, column: Column) -> Transform:
        """Learn from the values of n nodes."""

    @abstractmethod
    def transform(self, column: Column) -> NodeFeatures:
        """Return inputs of as many nodes as the column has values, as wide as when fitted.

        ``known`` tells which values could be used. The same values give the same bits.
        """


def with_flag(dense: NDArray[np.float32], known: NDArray[np.bool_], flag: bool) -> NodeFeatures:
    """Return float32[n, f] as inputs, with a column more that is 1 where the value is missing if ``flag``."""
    missing = (~known).astype(np.float32)[:, None]
    return NodeFeatures.of_dense(np.concatenate([dense, missing], axis=1) if flag else dense, known)
