"""How a count, such as a degree, is spread over nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Distribution:
    """``nodes[j]`` nodes have the count ``values[j]``; int64[m] each, ``values`` ascending, each once, none below 0.

    Exact, and as small as there are different counts, however many nodes there are.
    """

    values: NDArray[np.int64]
    nodes: NDArray[np.int64]

    @property
    def num_nodes(self) -> int:
        """How many nodes there are."""
        return int(self.nodes.sum())

    @property
    def total(self) -> int:
        """The sum of the counts of all nodes."""
        return int((self.values * self.nodes).sum())

    @property
    def mean(self) -> float:
        """Mean count of a node; 0 where there is none."""
        return self.total / self.num_nodes if self.num_nodes else 0.0

    @property
    def num_zero(self) -> int:
        """How many nodes have the count 0."""
        return int(self.nodes[self.values == 0].sum())

    def quantile(self, share: float) -> int:
        """Return the least count that at least ``share`` of the nodes (above 0, to 1) do not exceed; 0 where there is none."""
        if not self.num_nodes:
            return 0
        # Against the share of a whole number of nodes, rounding must not lift the quantile to the next count.
        place = int(np.searchsorted(np.cumsum(self.nodes), share * self.num_nodes * (1 - 1e-12)))
        return int(self.values[min(place, len(self.values) - 1)])

    def gini(self) -> float:
        """Return the Gini coefficient of the counts: 0 where all are equal, towards 1 where one node has everything."""
        if not self.total:
            return 0.0
        nodes = np.cumsum(np.concatenate([[0], self.nodes])) / self.num_nodes
        held = np.cumsum(np.concatenate([[0], self.values * self.nodes])) / self.total
        return float(1 - (np.diff(nodes) * (held[1:] + held[:-1])).sum())

    def head(self, share: float) -> float:
        """Return which part of the total the ``share`` of nodes with the highest counts holds; 0 where the total is 0."""
        if not self.total:
            return 0.0
        left = share * self.num_nodes
        nodes = np.minimum(self.nodes[::-1], np.clip(left - np.cumsum(self.nodes[::-1]) + self.nodes[::-1], 0, None))
        return float((nodes * self.values[::-1]).sum() / self.total)

    def head_size(self, part: float) -> int:
        """Return how few nodes hold ``part`` of the total together."""
        held, wanted, size = 0.0, part * self.total, 0
        for value, nodes in zip(self.values[::-1].tolist(), self.nodes[::-1].tolist(), strict=True):
            if held + value * nodes >= wanted:
                return size + (int(np.ceil((wanted - held) / value)) if value else 0)
            held, size = held + value * nodes, size + nodes
        return size

    def buckets(self) -> list[tuple[int, int, int]]:
        """Return (from, to, nodes) for the counts 0, 1, 2 to 3, 4 to 7 and so on, up to the bucket of the highest."""
        if not len(self.values):
            return []
        number = np.where(self.values > 0, np.floor(np.log2(np.maximum(self.values, 1))).astype(np.int64) + 1, 0)
        nodes = np.bincount(number, self.nodes).astype(np.int64).tolist()
        bounds = [(0, 0), *((2**power, 2 ** (power + 1) - 1) for power in range(len(nodes) - 1))]
        return [(low, high, count) for (low, high), count in zip(bounds, nodes, strict=True)]
