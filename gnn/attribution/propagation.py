"""A trained encoder's steps as weighted sums over relationships, the nodes of all labels in one row of numbers.

The encoder is linear in its edges, so the vector of one node is a sum over the walks that end at it::

    z_x = 1/(L+1) · Σ_l  e_x A_l … A_1 h0        A_k[v, u] = what step k multiplies the message of the edge u → v by

Only the edges on walks of at most L steps into x are looked at, from x outwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from gnn.model import MultiTaskModel
from loaders.sampling.learning_graph import RELATION, EdgeType, LearningGraph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WalkStep:
    """Step number ``step`` of the walks of one length to a node, over e edges.

    ``relationships`` int64[e], and ``carried`` float64[e], the product of weights from each edge on, summed over the walks;
    ``nodes`` int64[n], where the edges begin, and ``place``: int64[e], into ``nodes``.
    """

    step: int
    relationships: Ints
    carried: Floats
    nodes: Ints
    place: Ints


@dataclass(frozen=True)
class Propagation:
    """All nodes, numbered label by label; all m edges, by ascending target; the R relationships that they are directions of.

    ``begins``: number of each label's first node. ``source``, ``target``, ``relationship``: int64[m]; the edges into node v are
    ``first[v]`` to ``first[v + 1]``; ``directions``: int64[R, 2], the edges of each relationship. ``weights``: float64[m] a
    step. ``layers``: float32[n, d], ``h0`` to ``hL``. ``kind``: int64[R], relationships of one type have the same. ``places``:
    number of each edge type's first relationship. ``is_known``: bool[n], whether anything can be told of a node; the score of
    one of which nothing can is 0.
    """

    begins: dict[str, int]
    source: Ints
    target: Ints
    relationship: Ints
    first: Ints
    directions: Ints
    weights: tuple[Floats, ...]
    layers: tuple[NDArray[np.float32], ...]
    kind: Ints
    places: dict[EdgeType, int]
    is_known: NDArray[np.bool_]

    @classmethod
    def of(cls, model: MultiTaskModel, data: LearningGraph) -> Propagation:
        """Return the propagation of a model's encoder over the graph that it learnt from."""
        graph, encoder = data.graph, model.encoder
        sizes = [graph.num_nodes(label) for label in graph.ntypes]
        begins = dict(zip(graph.ntypes, np.cumsum([0, *sizes]).tolist(), strict=False))
        forward = [*data.interactions, *data.social, *data.knowledge]
        ends = np.cumsum([0, *(graph.num_edges(etype) for etype in forward)]).tolist()
        places = dict(zip(forward, ends, strict=False))
        kind = np.concatenate([np.zeros(0, np.int64), *(_kinds(data, number, etype) for number, etype in enumerate(forward))])
        source, target, relationship = [], [], []
        weights: list[list[Floats]] = [[] for _ in range(encoder.config.num_layers)]
        with torch.no_grad():
            for etype in (one for pair in ((etype, data.reverse[etype]) for etype in forward) for one in pair):
                sources, targets = graph.edges(etype=etype, order="eid")
                source.append(sources.numpy() + begins[etype[0]])
                target.append(targets.numpy() + begins[etype[2]])
                base = places[etype] if etype in places else places[data.reverse[etype]]
                relationship.append(base + np.arange(len(sources)))
                for layer, of_layer in enumerate(weights):
                    of_layer.append(encoder.edge_weights(graph, etype, layer).numpy().astype(np.float64))
            layers = [np.concatenate([of[label].numpy() for label in graph.ntypes]) for of in encoder.layers(graph)]
        order = np.argsort(np.concatenate(target), kind="stable")
        by_target, of = np.concatenate(target)[order], np.concatenate(relationship)[order]
        return cls(
            begins=begins,
            source=np.concatenate(source)[order],
            target=by_target,
            relationship=of,
            first=np.searchsorted(by_target, np.arange(sum(sizes) + 1)),
            directions=np.argsort(of, kind="stable").reshape(-1, 2),
            weights=tuple(np.concatenate(of_layer)[order] for of_layer in weights),
            layers=tuple(layers),
            kind=kind,
            places=places,
            is_known=np.concatenate([data.is_known(label).numpy() for label in graph.ntypes]),
        )

    @property
    def num_nodes(self) -> int:
        """Number of nodes of all labels."""
        return len(self.first) - 1

    def edges_into(self, nodes: Ints) -> Ints:
        """Return the edges that end at some nodes, node by node, as int64 places in ``source``."""
        counts = self.first[nodes + 1] - self.first[nodes]
        starts = np.repeat(self.first[nodes] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        found: Ints = starts + np.arange(len(starts))
        return found

    def relationships_of(self, nodes: Ints) -> Ints:
        """Return the relationships at some nodes, each once."""
        found = np.zeros(len(self.kind), np.bool_)
        found[self.relationship[self.edges_into(nodes)]] = True
        return np.flatnonzero(found)

    def walks_to(self, node: int, length: int) -> Iterator[WalkStep]:
        """Yield what the last step to a node carries over, then what the one before it does, … of walks of one length."""
        nodes, reached = np.array([node]), np.ones(1)
        for step in range(length, 0, -1):
            edges = self.edges_into(nodes)
            carried = np.repeat(reached, self.first[nodes + 1] - self.first[nodes]) * self.weights[step - 1][edges]
            nodes, place = np.unique(self.source[edges], return_inverse=True)
            reached = np.zeros(len(nodes))
            np.add.at(reached, place, carried)
            yield WalkStep(step, self.relationship[edges], carried, nodes, place)

    def vector(self, node: int, without: Ints | None = None) -> Floats:
        """Return the shared vector of a node, float64[d], with the messages over the relationships ``without`` left out."""
        total: Floats = np.sum([of[node] for of in self.layers], axis=0, dtype=np.float64)
        if without is not None:
            out = self.directions[without].ravel()
            for layer in range(1, len(self.layers)):
                total += self._change(np.array([node]), layer, out)[0]
        total /= len(self.layers)
        return total

    def _change(self, nodes: Ints, layer: int, out: Ints) -> Floats:
        """Return by how much a layer's vectors change without the edges ``out``, float64[n, d] for ascending ``nodes``.

        Where no edge into a node is left out, its first layer stays as it is, so walks are followed to the one before the last.
        """
        change = np.zeros((len(nodes), self.layers[0].shape[1]))
        lost = out[np.isin(self.target[out], nodes)]
        weight = self.weights[layer - 1]
        before = self.layers[layer - 1]
        np.subtract.at(change, np.searchsorted(nodes, self.target[lost]), weight[lost, None] * before[self.source[lost]])
        if layer > 1:
            edges = self.edges_into(nodes)
            edges = edges[~np.isin(edges, out)]
            if layer == 2:
                edges = edges[np.isin(self.source[edges], self.target[out])]
            sources, place = np.unique(self.source[edges], return_inverse=True)
            below = self._change(sources, layer - 1, out)
            np.add.at(change, np.searchsorted(nodes, self.target[edges]), weight[edges, None] * below[place])
        return change

    def score(self, user: int, item: int, without: Ints | None = None) -> float:
        """Return the ranking's score of a user and an item, the cosine of their vectors, some relationships left out."""
        if not (self.is_known[user] and self.is_known[item]):
            return 0.0
        return cosine(self.vector(user, without), self.vector(item, without))


def cosine(one: Floats, other: Floats) -> float:
    """Return the cosine of two vectors; 0 if one of them is zero."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths > 0 else 0.0


def _kinds(data: LearningGraph, number: int, etype: EdgeType) -> Ints:
    """Return a number for the type of each relationship: of the edge type, or beyond those, of the fact's relation."""
    columns = data.graph.edges[etype].data
    if RELATION in columns:
        found: Ints = columns[RELATION].numpy() + len(data.reverse)
        return found
    return np.full(data.graph.num_edges(etype), number, np.int64)
