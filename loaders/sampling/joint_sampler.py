"""Minibatches for several tasks at once: one sampled subgraph that covers the examples of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from loaders.sampling import dgl
from loaders.sampling.edge_source import EdgeExamples, EdgeSource
from loaders.sampling.learning_graph import WEIGHT, LearningGraph
from loaders.sampling.pair_index import PairIndex


@dataclass(frozen=True)
class Batch:
    """Message-flow blocks, outermost first, and each task's examples as rows of the last block's output nodes."""

    blocks: list[dgl.DGLHeteroGraph]
    examples: dict[str, list[EdgeExamples]]
    num_edges: int


class JointSampler(Dataset[Batch]):
    """Samples the neighbourhood of all tasks' examples together, their edges and all twins of them left out.

    One neighbourhood serves every task, so the encoder runs once a step. A step is a pure function of (seed, epoch,
    step): the number of workers changes nothing, and a run that was cut off goes on as if it had not been.
    """

    def __init__(
        self,
        data: LearningGraph,
        sources: Mapping[str, Sequence[EdgeSource]],
        fanouts: Sequence[int],
        seed: int,
    ) -> None:
        self.data = data
        self.sources = {task: list(of_task) for task, of_task in sources.items()}
        self.seed = seed
        self.epoch = 0
        self._pairs = PairIndex(data)
        self._neighbours = dgl.dataloading.NeighborSampler(list(fanouts))
        graph = data.graph
        self._in_degree = {etype: graph.in_degrees(etype=etype).float() for etype in graph.canonical_etypes}
        # The first task is the one that is served: an epoch is one pass over its examples, however many others have.
        self.num_steps = max(source.num_batches for source in next(iter(self.sources.values())))

    def __len__(self) -> int:
        return self.num_steps

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng((self.seed, self.epoch, step))
        drawn = {
            task: [source.draw(self.seed, self.epoch, step, rng) for source in of_task]
            for task, of_task in self.sources.items()
        }
        every = [examples for of_task in drawn.values() for examples in of_task]
        seeds = _distinct_nodes(every)
        excluded = self._pairs.edges_of([(e.etype, e.source, e.target) for e in every])
        blocks = self._sample({label: torch.from_numpy(nodes) for label, nodes in seeds.items()}, excluded, rng)
        return Batch(
            blocks=blocks,
            examples={task: [e.relabel(seeds) for e in of_task] for task, of_task in drawn.items()},
            num_edges=sum(len(e.edge_ids) for e in every),
        )

    def _sample(
        self,
        seeds: dict[str, torch.Tensor],
        excluded: dict[tuple[str, str, str], torch.Tensor],
        rng: np.random.Generator,
    ) -> list[dgl.DGLHeteroGraph]:
        # DGL's generators are one a thread: one thread, seeded here, is what makes a step repeatable anywhere.
        threads = torch.get_num_threads()
        dgl.utils.set_num_threads(1)
        try:
            dgl.seed(int(rng.integers(2**31)))
            _, _, blocks = self._neighbours.sample_blocks(self.data.graph, seeds, exclude_eids=excluded)
        finally:
            dgl.utils.set_num_threads(threads)
        for block in blocks:
            self._rescale(block)
        return list(blocks)

    def _rescale(self, block: dgl.DGLHeteroGraph) -> None:
        """Weight the sampled neighbours up to the size of the full neighbourhood, so that sums stay unbiased."""
        for etype in block.canonical_etypes:
            _, target = block.edges(etype=etype)
            if not len(target):
                continue
            full = self._in_degree[etype][block.dstnodes[etype[2]].data[dgl.NID]]
            sampled = block.in_degrees(etype=etype).clamp(min=1)
            data = block.edges[etype].data
            data[WEIGHT] = data[WEIGHT] * (full / sampled)[target]

    def batches(self, epoch: int, num_workers: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, sampled ahead by ``num_workers`` processes (0: in this one)."""
        self.epoch = epoch
        yield from DataLoader(
            self,
            batch_size=None,
            shuffle=False,
            num_workers=num_workers,
            prefetch_factor=4 if num_workers else None,
        )


def _distinct_nodes(every: list[EdgeExamples]) -> dict[str, NDArray[np.int64]]:
    by_label: dict[str, list[NDArray[np.int64]]] = {}
    for examples in every:
        for label, nodes in examples.nodes().items():
            by_label.setdefault(label, []).append(nodes)
    return {label: np.unique(np.concatenate(parts)) for label, parts in by_label.items()}
