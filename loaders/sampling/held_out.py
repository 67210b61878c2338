"""Edges kept out of the graph to measure tasks on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from loaders.attributes import Attribute, Attributes
from loaders.interactions import rows_by_kind
from loaders.sampling.learning_graph import KNOWLEDGE, EdgeType
from loaders.triples import read_triples

Rows = dict[EdgeType, NDArray[np.int64]]


@dataclass(frozen=True)
class HeldEdges:
    """Edges of one DGL edge type by dense index.

    Shapes: ``source``, ``target`` int64[n]; ``value`` float32[n] and ``relation`` int64[n], where the type has them.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    value: NDArray[np.float32] | None = None
    relation: NDArray[np.int64] | None = None

    def where(self, chosen: NDArray[np.bool_]) -> HeldEdges:
        """Return some of the edges, bool[n]."""
        value = None if self.value is None else self.value[chosen]
        return HeldEdges(
            self.source[chosen], self.target[chosen], value, None if self.relation is None else self.relation[chosen]
        )


def hold_out_facts(snapshot: Snapshot, share: float, seed: int, at_most: int = 1000) -> tuple[Rows, dict[EdgeType, HeldEdges]]:
    """Choose facts to measure link prediction on: the rows of each relation to keep, and the facts held out.

    All facts between two nodes are held out together, whatever their direction and relation: else a fact's inverse would
    give it away. ``at_most`` bounds the number of pairs of nodes.
    """
    known = read_triples(snapshot)
    of_fact = known.triples.pairs()
    pairs = np.unique(of_fact)
    count = min(at_most, int(len(pairs) * share))
    chosen = np.random.default_rng(seed).choice(pairs, count, replace=False) if count else pairs[:0]
    is_out = np.isin(of_fact, chosen)
    kept: Rows = {}
    held: dict[EdgeType, list[HeldEdges]] = {}
    for number, triple in enumerate(known.relations):
        out = is_out[known.triples.relation == number]
        kept[triple] = np.flatnonzero(~out)
        if out.any():
            columns = snapshot.edges[triple]
            relation = np.full(int(out.sum()), number, np.int64)
            edges = HeldEdges(columns.source[out], columns.target[out], relation=relation)
            held.setdefault((triple[0], KNOWLEDGE, triple[2]), []).append(edges)
    return kept, {etype: _joined(parts) for etype, parts in held.items()}


def hold_out_friends(
    snapshot: Snapshot, share: float, seed: int, at_most: int = 2000
) -> tuple[Rows, dict[EdgeType, HeldEdges]]:
    """Choose friendships to measure the people task on: the rows of each kind to keep, and those held out.

    All relationships between two users are held out together. ``at_most`` bounds the number of pairs of users.
    """
    kinds = [kind.triple for kind in snapshot.schema.social]
    num_users = len(snapshot.nodes[snapshot.schema.user.label].ids)
    keys = {}
    for triple in kinds:
        columns = snapshot.edges[triple]
        one, other = np.minimum(columns.source, columns.target), np.maximum(columns.source, columns.target)
        keys[triple] = one * num_users + other
    pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *keys.values()]))
    chosen = np.random.default_rng(seed).choice(pairs, min(at_most, int(len(pairs) * share)), replace=False)
    kept: Rows = {}
    held: dict[EdgeType, HeldEdges] = {}
    for triple in kinds:
        out = np.isin(keys[triple], chosen)
        kept[triple] = np.flatnonzero(~out)
        if out.any():
            columns = snapshot.edges[triple]
            held[triple] = HeldEdges(columns.source[out], columns.target[out])
    return kept, held


def hold_out_categories(attributes: Attributes, share: float, seed: int) -> tuple[Attributes, dict[EdgeType, HeldEdges]]:
    """Choose nodes to measure the attribute task on: what is kept of each property, and what is held out of it."""
    kept: dict[EdgeType, Attribute] = {}
    held: dict[EdgeType, HeldEdges] = {}
    for etype, attribute in attributes.items():
        nodes = np.unique(attribute.node)
        out = np.zeros(int(nodes.max(initial=-1)) + 1, np.bool_)
        out[np.random.default_rng(seed).choice(nodes, int(len(nodes) * share), replace=False)] = True
        kept[etype], taken = attribute.of_nodes(~out), attribute.of_nodes(out)
        if len(taken.node):
            held[etype] = HeldEdges(taken.node, taken.category)
    return kept, held


def held_interactions(snapshot: Snapshot, rows: NDArray[np.int64]) -> dict[EdgeType, HeldEdges]:
    """Return interactions by their rows in :func:`loaders.interactions.read_interactions`, to measure values on."""
    held: dict[EdgeType, HeldEdges] = {}
    for triple, of_kind in rows_by_kind(snapshot, rows).items():
        columns = snapshot.edges[triple]
        value = None if columns.value is None else columns.value[of_kind]
        held[triple] = HeldEdges(columns.source[of_kind], columns.target[of_kind], value=value)
    return held


def _joined(parts: list[HeldEdges]) -> HeldEdges:
    return HeldEdges(
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.target for part in parts]),
        relation=np.concatenate([part.relation for part in parts if part.relation is not None]),
    )
