"""Edges kept out of the graph to measure tasks on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot
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
