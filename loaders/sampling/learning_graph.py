"""The snapshot as DGL sees it: a heterograph with reverse edges, propagation weights and node features.

Knowledge relations of one pair of labels share one DGL edge type, each edge carrying its relation's number, so that a
graph with thousands of relationship types stays a graph with a few edge types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from graph.schema import EdgeRole, Schema
from graph.snapshot import Snapshot
from loaders.features import FittedFeatures, NodeFeatures
from loaders.interactions import rows_by_kind
from loaders.sampling import dgl

EdgeType = tuple[str, str, str]

KNOWLEDGE = "knowledge"
WEIGHT = "weight"  # 1 / sqrt(d_u d_v), degrees within the edge type
RELATION = "relation"
VALUE = "value"


@dataclass(frozen=True)
class LearningGraph:
    """A DGL heterograph of what may be learnt from, and what its numbers mean.

    Every edge type has a reverse in ``reverse`` whose edge i is the same edge turned round. Edge data: ``weight``
    float32[m]; ``value`` float32[m] on interactions that have one; ``relation`` int64[m] on knowledge edges, where
    reverse relations are numbered ``num_relations`` higher.
    """

    graph: dgl.DGLHeteroGraph
    schema: Schema
    features: dict[str, NodeFeatures]
    interactions: tuple[EdgeType, ...]
    knowledge: tuple[EdgeType, ...]
    reverse: dict[EdgeType, EdgeType]
    relations: tuple[EdgeType, ...]

    @property
    def num_relations(self) -> int:
        """Number of knowledge relations, one direction only."""
        return len(self.relations)

    def is_known(self, label: str) -> torch.Tensor:
        """Return bool[n], whether there is anything to learn a node's vector from: an edge, or a feature."""
        known = torch.from_numpy(self.features[label].known.copy())
        for etype in self.graph.canonical_etypes:
            if etype[2] == label:
                known |= self.graph.in_degrees(etype=etype) > 0
        return known

    def digest(self) -> bytes:
        """Return 16 bytes that differ as soon as anything a model could learn from this graph differs."""
        digest = hashlib.blake2b(self.schema.model_dump_json().encode(), digest_size=16)
        for etype in self.graph.canonical_etypes:
            data = self.graph.edges[etype].data
            for column in (
                *self.graph.edges(etype=etype, order="eid"),
                *(data[name] for name in sorted(data)),
            ):
                digest.update(column.numpy())
        for label in sorted(self.features):
            inputs = self.features[label]
            digest.update(inputs.dense.tobytes() + inputs.categories.tobytes())
            digest.update(inputs.weights.tobytes() + inputs.known.tobytes())
        return digest.digest()


def build_learning_graph(
    snapshot: Snapshot,
    interaction_rows: NDArray[np.int64] | None = None,
    fact_rows: Mapping[EdgeType, NDArray[np.int64]] | None = None,
    features: Mapping[str, NodeFeatures] | None = None,
) -> LearningGraph:
    """Make the heterograph of a snapshot, with only some of its interactions and facts.

    ``interaction_rows`` indexes the interactions as :func:`loaders.interactions.read_interactions` numbers them; what
    is left out leaves no trace in the graph, its degrees or its weights. ``fact_rows`` gives the rows to keep of each knowledge
    relation. ``None`` takes all. ``features``: the inputs of all nodes by label; None fits the declared ones.
    """
    schema = snapshot.schema
    forward: dict[EdgeType, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    extra: dict[EdgeType, dict[str, NDArray[np.generic]]] = {}
    chosen = None if interaction_rows is None else rows_by_kind(snapshot, interaction_rows)
    for kind in schema.interactions:
        columns = snapshot.edges[kind.triple]
        rows = np.arange(len(columns.source)) if chosen is None else chosen[kind.triple]
        forward[kind.triple] = (columns.source[rows], columns.target[rows])
        extra[kind.triple] = {} if columns.value is None else {VALUE: columns.value[rows]}
    for kind in schema.edges:
        if kind.role is EdgeRole.SOCIAL:
            columns = snapshot.edges[kind.triple]
            forward[kind.triple] = (columns.source, columns.target)
            extra[kind.triple] = {}
    relations = tuple(kind.triple for kind in schema.knowledge)
    for pair in sorted({(kind.source, kind.target) for kind in schema.knowledge}):
        numbers = [n for n, triple in enumerate(relations) if (triple[0], triple[2]) == pair]
        group = (pair[0], KNOWLEDGE, pair[1])
        sources, targets = [], []
        for triple in (relations[n] for n in numbers):
            columns = snapshot.edges[triple]
            kept = np.arange(len(columns.source)) if fact_rows is None else fact_rows[triple]
            sources.append(columns.source[kept])
            targets.append(columns.target[kept])
        forward[group] = (np.concatenate(sources), np.concatenate(targets))
        lengths = [len(part) for part in sources]
        extra[group] = {RELATION: np.repeat(np.asarray(numbers, np.int64), lengths)}
    inputs = FittedFeatures.fit(snapshot).encode_all(snapshot) if features is None else dict(features)
    return _assemble(snapshot, forward, extra, relations, inputs)


def _assemble(
    snapshot: Snapshot,
    forward: dict[EdgeType, tuple[NDArray[np.int64], NDArray[np.int64]]],
    extra: dict[EdgeType, dict[str, NDArray[np.generic]]],
    relations: Sequence[EdgeType],
    features: dict[str, NodeFeatures],
) -> LearningGraph:
    schema = snapshot.schema
    reverse = {etype: (etype[2], f"reverse {etype[1]}", etype[0]) for etype in forward}
    edges = dict(forward)
    edges.update({reverse[etype]: (target, source) for etype, (source, target) in forward.items()})
    graph = dgl.heterograph(
        {etype: (torch.from_numpy(s), torch.from_numpy(t)) for etype, (s, t) in edges.items()},
        num_nodes_dict={kind.label: len(snapshot.nodes[kind.label].ids) for kind in schema.nodes},
    )
    for etype, data in extra.items():
        for name, values in data.items():
            graph.edges[etype].data[name] = torch.from_numpy(np.ascontiguousarray(values))
        if RELATION in data:
            graph.edges[reverse[etype]].data[RELATION] = graph.edges[etype].data[RELATION] + len(relations)
    for etype in graph.canonical_etypes:
        out_degree = graph.out_degrees(etype=etype).clamp(min=1).float()
        in_degree = graph.in_degrees(etype=etype).clamp(min=1).float()
        source, target = graph.edges(etype=etype)
        graph.edges[etype].data[WEIGHT] = (out_degree[source] * in_degree[target]).rsqrt()
    # Formats made once here: made lazily, each sampling worker would make its own copy.
    graph.create_formats_()
    interactions = {kind.triple for kind in schema.interactions}
    return LearningGraph(
        graph=graph,
        schema=schema,
        features=features,
        interactions=tuple(etype for etype in forward if etype in interactions),
        knowledge=tuple(etype for etype in forward if etype[1] == KNOWLEDGE),
        reverse=reverse | {back: etype for etype, back in reverse.items()},
        relations=tuple(relations),
    )
