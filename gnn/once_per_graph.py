"""What is gathered from a learning graph once, though it is asked for at every validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from loaders.sampling.learning_graph import LearningGraph

T = TypeVar("T")


class OncePerGraph(Generic[T]):
    """Answers with ``gather(data)``, kept until another graph is asked of; a learning graph does not change."""

    def __init__(self, gather: Callable[[LearningGraph], T]) -> None:
        self._gather = gather
        self._kept: tuple[LearningGraph, T] | None = None

    def __call__(self, data: LearningGraph) -> T:
        """Return what was gathered from ``data``."""
        if self._kept is None or self._kept[0] is not data:
            self._kept = (data, self._gather(data))
        return self._kept[1]
