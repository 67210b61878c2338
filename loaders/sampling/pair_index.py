"""Find every edge that joins the same two nodes, so that a predicted edge leaves no twin behind in its own input."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from loaders.sampling.learning_graph import EdgeType, LearningGraph


class PairIndex:
    """All edges of a graph by the unordered pair of nodes they join.

    A knowledge graph often states a fact twice, as ``directed_by`` and ``director_of``; a user may click and then buy.
    To predict one of them from a graph that holds the other is a leak, so all edges of a pair go together.
    """

    def __init__(self, data: LearningGraph) -> None:
        graph = data.graph
        self._reverse = data.reverse
        sizes = np.cumsum([0] + [graph.num_nodes(label) for label in graph.ntypes])
        self._offset = {label: int(start) for label, start in zip(graph.ntypes, sizes[:-1], strict=True)}
        self._num_nodes = int(sizes[-1])
        self._etypes = (
            *data.interactions,
            *(e for e in graph.canonical_etypes if self._is_social(data, e)),
            *data.knowledge,
        )
        keys: list[NDArray[np.int64]] = []
        for etype in self._etypes:
            source, target = graph.edges(etype=etype, order="eid")
            keys.append(self._keys(etype, source.numpy(), target.numpy()))
        lengths = [len(part) for part in keys]
        joined = np.concatenate(keys)
        order = np.argsort(joined, kind="stable")
        self._sorted = joined[order]
        self._etype_of = np.repeat(np.arange(len(self._etypes)), lengths)[order]
        self._edge_of = np.concatenate([np.arange(length) for length in lengths])[order]

    @staticmethod
    def _is_social(data: LearningGraph, etype: EdgeType) -> bool:
        return etype not in data.interactions and etype not in data.knowledge and not etype[1].startswith("reverse ")

    def _keys(self, etype: EdgeType, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
        s, t = source + self._offset[etype[0]], target + self._offset[etype[2]]
        return np.minimum(s, t) * self._num_nodes + np.maximum(s, t)

    def edges_of(self, pairs: list[tuple[EdgeType, NDArray[np.int64], NDArray[np.int64]]]) -> dict[EdgeType, torch.Tensor]:
        """Return the ids of all edges, reverses included, that join any of the given pairs.

        ``pairs``: (an edge type that names the labels, source indices, target indices).
        """
        wanted = np.unique(np.concatenate([self._keys(etype, source, target) for etype, source, target in pairs]))
        first = np.searchsorted(self._sorted, wanted, "left")
        counts = np.searchsorted(self._sorted, wanted, "right") - first
        starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        rows = starts + np.arange(counts.sum())
        found: dict[EdgeType, torch.Tensor] = {}
        for number, etype in enumerate(self._etypes):
            edge_ids = torch.from_numpy(self._edge_of[rows[self._etype_of[rows] == number]])
            found[etype] = edge_ids
            found[self._reverse[etype]] = edge_ids
        return found
