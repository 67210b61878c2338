"""The snapshot as DGL sees it: a heterograph with reverse edges, propagation weights and node features.

Knowledge relations of one pair of labels share one DGL edge type, each edge carrying its relation's number, so that a
graph with thousands of relationship types stays a graph with a few edge types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from graph.schema import Schema
from graph.snapshot import Snapshot
from loaders.attributes import Attributes
from loaders.behaviours import BehavioursConfig, InteractionWeights, weigh_interactions
from loaders.features import FittedFeatures, NodeFeatures
from loaders.interactions import rows_by_kind
from loaders.sampling import dgl

EdgeType = tuple[str, str, str]

KNOWLEDGE = "knowledge"
WEIGHT = "weight"  # w / sqrt(d_u d_v), degrees within the edge type, each edge counted by its w
EXAMPLE = "example"
RELATION = "relation"
VALUE = "value"


def out_scale(etype: EdgeType) -> str:
    """Return under which name the source nodes of an edge type have 1 / sqrt(d_u)."""
    return " ".join(("out", *etype))


def in_scale(etype: EdgeType) -> str:
    """Return under which name the target nodes of an edge type have 1 / sqrt(d_v)."""
    return " ".join(("in", *etype))


@dataclass(frozen=True)
class LearningGraph:
    """A DGL heterograph of what may be learnt from, and what its numbers mean.

    Every edge type has a reverse in ``reverse`` whose edge i is the same edge turned round. Edge data: ``weight``
    float32[m]; ``value`` float32[m] on interactions that have one; ``example`` float32[m], what they count as examples of the
    ranking, on interactions that do not all count 1; ``relation`` int64[m] on knowledge edges, where reverse relations are
    numbered ``num_relations`` higher. Where all edges of a type count alike, ``weight`` is the product of what its nodes have
    under :func:`out_scale` and :func:`in_scale`, float32[n]; other types' nodes have no such data. ``gates``, by edge type and
    reverse: what each kind of interaction counts beside others, at most 1. ``attributes``: categories to be foretold,
    which are neither nodes nor inputs.
    """

    graph: dgl.DGLHeteroGraph
    schema: Schema
    features: dict[str, NodeFeatures]
    interactions: tuple[EdgeType, ...]
    knowledge: tuple[EdgeType, ...]
    reverse: dict[EdgeType, EdgeType]
    relations: tuple[EdgeType, ...]
    gates: dict[EdgeType, float]
    attributes: Attributes = field(default_factory=dict)

    @property
    def social(self) -> tuple[EdgeType, ...]:
        """Edge types between users, in the direction they have in the graph."""
        return tuple(kind.triple for kind in self.schema.social)

    @property
    def num_relations(self) -> int:
        """Number of knowledge relations, one direction only."""
        return len(self.relations)

    def liked(self, etype: EdgeType) -> NDArray[np.bool_]:
        """Return bool[m], which interactions of a kind tell of liking: those that count as examples of the ranking."""
        weight = self.graph.edges[etype].data.get(EXAMPLE)
        return np.ones(self.graph.num_edges(etype), np.bool_) if weight is None else weight.numpy() != 0

    def is_known(self, label: str) -> torch.Tensor:
        """Return bool[n], whether there is anything to learn a node's vector from: an edge, or a feature."""
        known = torch.from_numpy(self.features[label].known.copy())
        for etype in self.graph.canonical_etypes:
            if etype[2] == label and self.gates.get(etype, 1.0) > 0:
                _, target = self.graph.edges(etype=etype)
                known[target[self.graph.edges[etype].data[WEIGHT] > 0]] = True
        return known

    def digest(self) -> bytes:
        """Return 16 bytes that differ as soon as anything a model could learn from this graph differs."""
        digest = hashlib.blake2b(self.schema.model_dump_json().encode(), digest_size=16)
        digest.update(repr(sorted(self.gates.items())).encode())
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
        for etype, attribute in self.attributes.items():
            digest.update(repr((etype, attribute.categories)).encode())
            digest.update(attribute.node.tobytes() + attribute.category.tobytes())
        return digest.digest()


def build_learning_graph(
    snapshot: Snapshot,
    interaction_rows: NDArray[np.int64] | None = None,
    kept_rows: Mapping[EdgeType, NDArray[np.int64]] | None = None,
    features: Mapping[str, NodeFeatures] | None = None,
    behaviours: BehavioursConfig | None = None,
    attributes: Attributes | None = None,
) -> LearningGraph:
    """Make the heterograph of a snapshot, with only some of its interactions and facts.

    ``interaction_rows`` indexes the interactions as :func:`loaders.interactions.read_interactions` numbers them; what
    is left out leaves no trace in the graph, its degrees or its weights. ``kept_rows`` gives the rows to keep of relations of
    the knowledge graph and of friendships; of those it does not name, and with ``None``, all are.
    ``features``: the inputs of all nodes by label; None fits the declared ones.
    ``behaviours`` says what interactions count (None: its defaults); ages are told from the newest of those taken.

    Raises:
        InputError: ``behaviours`` names one that no interaction has.
    """
    schema = snapshot.schema
    forward: dict[EdgeType, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    extra: dict[EdgeType, dict[str, NDArray[np.generic]]] = {}
    if interaction_rows is None:
        chosen = {kind.triple: np.arange(len(snapshot.edges[kind.triple].source)) for kind in schema.interactions}
    else:
        chosen = rows_by_kind(snapshot, interaction_rows)
    weights = weigh_interactions(snapshot, chosen, behaviours or BehavioursConfig())
    for triple, rows in chosen.items():
        columns = snapshot.edges[triple]
        forward[triple] = (columns.source[rows], columns.target[rows])
        extra[triple] = {} if columns.value is None else {VALUE: columns.value[rows]}
        if (weights.example[triple] != 1).any():
            extra[triple][EXAMPLE] = weights.example[triple]
    for kind in schema.social:
        columns = snapshot.edges[kind.triple]
        kept = _kept(kept_rows, kind.triple, len(columns.source))
        forward[kind.triple] = (columns.source[kept], columns.target[kept])
        extra[kind.triple] = {}
    relations = tuple(kind.triple for kind in schema.knowledge)
    for pair in sorted({(kind.source, kind.target) for kind in schema.knowledge}):
        numbers = [n for n, triple in enumerate(relations) if (triple[0], triple[2]) == pair]
        group = (pair[0], KNOWLEDGE, pair[1])
        sources, targets = [], []
        for triple in (relations[n] for n in numbers):
            columns = snapshot.edges[triple]
            kept = _kept(kept_rows, triple, len(columns.source))
            sources.append(columns.source[kept])
            targets.append(columns.target[kept])
        forward[group] = (np.concatenate(sources), np.concatenate(targets))
        lengths = [len(part) for part in sources]
        extra[group] = {RELATION: np.repeat(np.asarray(numbers, np.int64), lengths)}
    inputs = FittedFeatures.fit(snapshot).encode_all(snapshot) if features is None else dict(features)
    return _assemble(snapshot, forward, extra, relations, inputs, weights, attributes or {})


def _kept(rows: Mapping[EdgeType, NDArray[np.int64]] | None, triple: EdgeType, count: int) -> NDArray[np.int64]:
    return np.arange(count) if rows is None or triple not in rows else rows[triple]


def _assemble(
    snapshot: Snapshot,
    forward: dict[EdgeType, tuple[NDArray[np.int64], NDArray[np.int64]]],
    extra: dict[EdgeType, dict[str, NDArray[np.generic]]],
    relations: Sequence[EdgeType],
    features: dict[str, NodeFeatures],
    weights: InteractionWeights,
    attributes: Attributes,
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
    for etype in forward:
        source, target = graph.edges(etype=etype, order="eid")
        event = torch.from_numpy(weights.event[etype]) if etype in weights.event else torch.ones(len(source))
        degrees = [_degrees(ends, event, graph.num_nodes(label)) for ends, label in ((source, etype[0]), (target, etype[2]))]
        degree = degrees[0][source] * degrees[1][target]
        if bool((event == 1).all()):
            for one, scales in ((etype, degrees), (reverse[etype], degrees[::-1])):
                graph.nodes[one[0]].data[out_scale(one)] = scales[0].rsqrt()
                graph.nodes[one[2]].data[in_scale(one)] = scales[1].rsqrt()
        # One value for both directions: the same edge, turned round.
        graph.edges[etype].data[WEIGHT] = graph.edges[reverse[etype]].data[WEIGHT] = event * degree.rsqrt()
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
        gates=weights.gate | {reverse[etype]: gate for etype, gate in weights.gate.items()},
        attributes=attributes,
    )


def _degrees(nodes: torch.Tensor, weight: torch.Tensor, num_nodes: int) -> torch.Tensor:
    """Return float32[num_nodes], the weights of the edges at each node together; 1 where they count nothing."""
    degree = torch.bincount(nodes, weight.double(), minlength=num_nodes).float()
    return torch.where(degree > 0, degree, 1.0)
