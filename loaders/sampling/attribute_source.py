"""Examples of categories: some nodes, all the categories that each of them has, and the categories there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loaders.attributes import Attribute
from loaders.sampling.learning_graph import EdgeType
from loaders.sampling.list_source import ListExamples, ListSource
from loaders.sampling.lists import Lists


@dataclass(frozen=True)
class AttributeExamples(ListExamples):
    """Lists whose targets are categories, not nodes: the pool needs no vectors of the graph."""

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return the nodes, by label."""
        return {self.etype[0]: self.source}

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> AttributeExamples:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        return replace(self, source=np.searchsorted(seeds[self.etype[0]], self.source))


class AttributeSource:
    """Draws nodes with all their categories; the same (seed, epoch, step) always gives the same batch."""

    def __init__(self, etype: EdgeType, attribute: Attribute, batch_size: int) -> None:
        count = len(attribute.categories)
        lists = Lists.gather(attribute.node, attribute.category, np.ones(len(attribute.node), np.float32), count, "sum")
        self._lists = ListSource(etype, lists, count, batch_size, count)

    @property
    def num_batches(self) -> int:
        """Batches in one pass."""
        return self._lists.num_batches

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> AttributeExamples:
        """Return batch ``step`` of ``epoch``."""
        drawn = self._lists.draw(seed, epoch, step, rng)
        return AttributeExamples(drawn.etype, drawn.source, drawn.pool, drawn.row, drawn.column, drawn.weight, drawn.log_rate)
