"""The shared representation: light propagation over every edge type, from features and embeddings.

In brief::

    h0[t]     = E_t[node] + W_t · dense inputs + weighted sum of the node's category vectors
    m_r       = Σ_u  g_rel(u,v) · w_uv · h[u] / sqrt(d_u d_v)   for each edge type r = (s, r, t); d_v = Σ_u w_uv
    h(l+1)[t] = Σ_r  a_(l,r) · m_r                              a_(l,r) learnt, a relation-wise gate
    z[t]      = mean of h0 … hL

No weight matrix or non-linearity between layers: He et al. 2020 (LightGCN, arXiv:2002.02126, eq. 3 to 5) found them to
hurt ranking, and this is its form for many node and edge types. The gates follow R-GCN's idea of one transformation a
relation (Schlichtkrull et al. 2018, arXiv:1703.06103) cut down to one number. An interaction's gate starts at what its
behaviour counts: that of a dislike is closed, and may turn negative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from loaders.features import PADDING
from loaders.sampling import dgl
from loaders.sampling.learning_graph import RELATION, WEIGHT, EdgeType, LearningGraph, in_scale, out_scale

_COLUMNS = 16  # of the vectors, that weighed messages are made for at once


class EncoderConfig(BaseModel):
    """How the encoder is built."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedding_size: int = Field(default=128, ge=2, le=4096, description="dimensions of every vector")
    num_layers: int = Field(default=2, ge=1, le=8, description="propagation steps, the radius of the subgraph")
    other_gate: float = Field(default=0.1, ge=0, description="initial weight of edge types other than interactions")
    init_scale: float = Field(default=0.03, gt=0, description="standard deviation of initial embeddings")


def gate_name(etype: EdgeType) -> str:
    """Return an edge type's name as a parameter key (dots are not allowed in one)."""
    return " | ".join(etype).replace(".", "·")


def whole_graph_bytes(
    config: EncoderConfig, num_nodes: Mapping[str, int], edge_types: Collection[EdgeType], num_edges: int
) -> int:
    """Return about how much memory a step holds when it propagates over the whole graph.

    What each layer keeps for the backward pass: its vectors, a message a node and edge type, and the edges' weights as if each
    counted differently; and, of parameters, their gradient and Adam's two moments. ``edge_types`` and ``num_edges`` are with
    reverses.
    """
    nodes = sum(num_nodes.values())
    reached = sum(num_nodes[target] for _, _, target in edge_types)
    of_nodes = config.embedding_size * (4 * nodes + config.num_layers * (nodes + 2 * reached))
    return 4 * (of_nodes + (2 + config.num_layers * _COLUMNS) * num_edges)


class InputLayer(nn.Module):
    """``h0`` of one label: an embedding a node plus what its features say."""

    def __init__(self, data: LearningGraph, label: str, config: EncoderConfig) -> None:
        super().__init__()
        features = data.features[label]
        size = config.embedding_size
        self.embedding = nn.Parameter(torch.randn(data.graph.num_nodes(label), size) * config.init_scale)
        self.dense = nn.Linear(features.dense.shape[1], size, bias=False) if features.dense.shape[1] else None
        self.category = (
            nn.EmbeddingBag(features.num_categories, size, mode="sum", padding_idx=PADDING)
            if features.categories.shape[1]
            else None
        )
        if self.dense is not None:
            nn.init.normal_(self.dense.weight, std=config.init_scale * 0.1)
        if self.category is not None:
            nn.init.normal_(self.category.weight, std=config.init_scale * 0.1)
        self.register_buffer("dense_inputs", torch.from_numpy(features.dense), persistent=False)
        self.register_buffer("categories", torch.from_numpy(features.categories), persistent=False)
        self.register_buffer("weights", torch.from_numpy(features.weights), persistent=False)
        self.dense_inputs: Tensor
        self.categories: Tensor
        self.weights: Tensor

    def forward(self, nodes: Tensor | None) -> Tensor:
        """Return ``h0`` of ``nodes`` (int64[n]; None: of all), float32[n, d]."""
        rows = slice(None) if nodes is None else nodes
        hidden = self.embedding[rows]
        if self.dense is not None:
            hidden = hidden + self.dense(self.dense_inputs[rows])
        if self.category is not None:
            hidden = hidden + self.category(self.categories[rows], per_sample_weights=self.weights[rows])
        return hidden


class HeteroEncoder(nn.Module):
    """Vectors of all node types from a heterograph; see the module's pseudo-code."""

    def __init__(self, data: LearningGraph, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.inputs = nn.ModuleDict({label: InputLayer(data, label, config) for label in data.graph.ntypes})
        self.gates = nn.ParameterDict(
            {
                gate_name(etype): nn.Parameter(torch.full((config.num_layers,), data.gates.get(etype, config.other_gate)))
                for etype in data.graph.canonical_etypes
            }
        )
        self.relation_gate = nn.Parameter(torch.ones(2 * data.num_relations))

    def forward(self, blocks: Sequence[dgl.DGLHeteroGraph]) -> dict[str, Tensor]:
        """Return the vectors of the last block's output nodes, float32[n, d] by label."""
        first = blocks[0]
        vectors = {label: self.inputs[label](first.srcnodes[label].data[dgl.NID]) for label in first.srctypes}
        num_outputs = {label: blocks[-1].num_dst_nodes(label) for label in blocks[-1].dsttypes}
        # A block's output nodes come first among its inputs, so each layer's share of the mean is a prefix.
        total = {label: vectors[label][:count] for label, count in num_outputs.items()}
        for layer, block in enumerate(blocks):
            vectors = self._propagate(block, layer, vectors, {})
            total = {label: total[label] + vectors[label][:count] for label, count in num_outputs.items()}
        return {label: summed / (len(blocks) + 1) for label, summed in total.items()}

    def all_nodes(self, graph: dgl.DGLHeteroGraph, hidden: Mapping[EdgeType, Tensor] | None = None) -> dict[str, Tensor]:
        """Return the vectors of every node, propagated over the whole graph but some edges, float32[n, d] by label."""
        first, *others = self.layers(graph, hidden)
        total = dict(first)
        for vectors in others:
            total = {label: total[label] + vectors[label] for label in total}
        return {label: summed / (self.config.num_layers + 1) for label, summed in total.items()}

    def layers(self, graph: dgl.DGLHeteroGraph, hidden: Mapping[EdgeType, Tensor] | None = None) -> list[dict[str, Tensor]]:
        """Return ``h0`` to ``hL`` of every node, whose mean :meth:`all_nodes` is, each float32[n, d] by label."""
        found = [{label: self.inputs[label](None) for label in graph.ntypes}]
        for layer in range(self.config.num_layers):
            found.append(self._propagate(graph, layer, found[-1], hidden or {}))
        return found

    def edge_weights(self, graph: dgl.DGLHeteroGraph, etype: EdgeType, layer: int) -> Tensor:
        """Return what a step multiplies the message of each edge by, its gates and its weight, float32[m]."""
        weight: Tensor = self.gates[gate_name(etype)][layer] * self._weights(graph, etype)
        return weight

    def _propagate(
        self, graph: dgl.DGLHeteroGraph, layer: int, vectors: dict[str, Tensor], hidden: Mapping[EdgeType, Tensor]
    ) -> dict[str, Tensor]:
        size = self.config.embedding_size
        result = {label: vectors[label].new_zeros(graph.num_dst_nodes(label), size) for label in graph.dsttypes}
        for etype in graph.canonical_etypes:
            if graph.num_edges(etype) == 0:
                continue
            message = self._messages(graph, etype, vectors[etype[0]], hidden.get(etype))
            result[etype[2]] = result[etype[2]] + self.gates[gate_name(etype)][layer] * message
        return result

    def _messages(self, graph: dgl.DGLHeteroGraph, etype: EdgeType, vectors: Tensor, hidden: Tensor | None) -> Tensor:
        """Return the weighted sum of what reaches each target node of an edge type, float32[n, d]."""
        edges, targets = graph.edges[etype].data, graph.dstnodes[etype[2]].data
        hidden = None if hidden is None or not len(hidden) else hidden
        if in_scale(etype) in targets and RELATION not in edges and hidden is None:
            scaled = vectors * graph.srcnodes[etype[0]].data[out_scale(etype)].unsqueeze(1)
            message: Tensor = dgl.ops.copy_u_sum(graph[etype], scaled) * targets[in_scale(etype)].unsqueeze(1)
            return message
        weight = self._weights(graph, etype)
        if hidden is not None:
            weight = weight.index_fill(0, hidden, 0.0)
        return weighted_sum(graph[etype], vectors, weight)

    def _weights(self, graph: dgl.DGLHeteroGraph, etype: EdgeType) -> Tensor:
        edges = graph.edges[etype].data
        weight: Tensor = edges[WEIGHT]
        return weight * self.relation_gate[edges[RELATION]] if RELATION in edges else weight


def weighted_sum(graph: dgl.DGLHeteroGraph, vectors: Tensor, weight: Tensor) -> Tensor:
    """Return, for each target node of a graph of one edge type, the sum of its sources' vectors times the edges' weights.

    ``vectors``: float32[n, d], ``weight``: float32[m]. DGL sums faster where an edge has a weight a column than where it must
    stretch one over all columns; a few columns at a time bound the memory that takes.
    """
    wide = weight.unsqueeze(1).expand(-1, _COLUMNS).contiguous()
    parts = []
    for columns in torch.split(vectors, _COLUMNS, dim=1):
        parts.append(dgl.ops.u_mul_e_sum(graph, columns.contiguous(), wide[:, : columns.shape[1]].contiguous()))
    return torch.cat(parts, dim=1)
