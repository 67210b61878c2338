"""The facts of a snapshot as one list of triples over one entity space, and what of them to learn, validate and measure on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot, Triple
from loaders.errors import InputError

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Triples:
    """n facts: ``head``, ``relation`` and ``tail``, int64[n], each below ``num_entities`` or ``num_relations``."""

    head: NDArray[np.int64]
    relation: NDArray[np.int64]
    tail: NDArray[np.int64]
    num_entities: int
    num_relations: int

    def __len__(self) -> int:
        return len(self.head)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Triples:
        """Return some of the facts, by row or by mask."""
        return Triples(self.head[rows], self.relation[rows], self.tail[rows], self.num_entities, self.num_relations)

    def pairs(self) -> NDArray[np.int64]:
        """Return a number for the two nodes of each fact, int64[n], whichever way round the fact is told."""
        return np.minimum(self.head, self.tail) * self.num_entities + np.maximum(self.head, self.tail)

    def joined(self) -> NDArray[np.bool_]:
        """Return bool[num_entities], whether any fact tells of an entity."""
        found = np.zeros(self.num_entities, np.bool_)
        found[self.head] = found[self.tail] = True
        return found


@dataclass(frozen=True)
class KnowledgeGraph:
    """The facts of a snapshot. The nodes of each label in ``labels`` follow each other in the entity space.

    ``labels``: label → its place in the entity space, those alone that some relation joins; ``relations``: the triple of labels
    and type that each relation number stands for. Facts come relation by relation, in the snapshot's order.
    """

    triples: Triples
    labels: dict[str, slice]
    relations: tuple[Triple, ...]


def read_triples(snapshot: Snapshot, rows: Mapping[Triple, Rows] | None = None) -> KnowledgeGraph:
    """List the facts of a snapshot; ``rows`` gives those to keep of each relation, None all."""
    relations = tuple(kind.triple for kind in snapshot.schema.knowledge)
    touched = {label for triple in relations for label in (triple[0], triple[2])}
    labels: dict[str, slice] = {}
    num_entities = 0
    for label, nodes in snapshot.nodes.items():
        if label in touched:
            labels[label] = slice(num_entities, num_entities + len(nodes.ids))
            num_entities = labels[label].stop
    empty = np.zeros(0, np.int64)
    heads, numbers, tails = [empty], [empty], [empty]
    for number, triple in enumerate(relations):
        columns = snapshot.edges[triple]
        kept = slice(None) if rows is None else rows[triple]
        heads.append(columns.source[kept] + labels[triple[0]].start)
        tails.append(columns.target[kept] + labels[triple[2]].start)
        numbers.append(np.full(len(heads[-1]), number, np.int64))
    triples = Triples(np.concatenate(heads), np.concatenate(numbers), np.concatenate(tails), num_entities, len(relations))
    return KnowledgeGraph(triples, labels, relations)


@dataclass(frozen=True)
class TripleSplit:
    """Facts to learn from, to stop by, and to measure on once."""

    train: Triples
    valid: Triples
    test: Triples


def split_triples(triples: Triples, valid: float = 0.05, test: float = 0.05, seed: int = 0) -> TripleSplit:
    """Hold out a share of the joined pairs of nodes, with all facts between the two: an inverse would give a fact away.

    Every entity and relation that has a fact keeps one in train, so fewer are held out where most entities have but one.

    Raises:
        InputError: shares that leave nothing to train on, or too few facts to hold any out.
    """
    if not (valid > 0 and test > 0 and valid + test < 1):
        raise InputError(f"got shares valid={valid} and test={test}; expected both above 0 and less than 1 together")
    pairs, first, pair_of = np.unique(triples.pairs(), return_index=True, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(pairs))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    # The first pair in that order that tells of an entity or relation stays.
    must_stay = np.zeros(len(pairs), np.bool_)
    nodes = np.column_stack([triples.head[first], triples.tail[first]])[order].ravel()
    must_stay[order[np.unique(nodes, return_index=True)[1] // 2]] = True
    by_place = np.argsort(place[pair_of], kind="stable")
    must_stay[pair_of[by_place[np.unique(triples.relation[by_place], return_index=True)[1]]]] = True
    free = order[~must_stay[order]]
    num_test, num_valid = int(len(pairs) * test), int(len(pairs) * valid)
    if len(free) < num_test + num_valid:
        num_test = int(len(free) * test / (test + valid))
        num_valid = len(free) - num_test
    if not num_test or not num_valid:
        raise InputError(
            f"{len(triples)} facts between {len(pairs)} pairs of nodes, of which {len(free)} can be spared, are too few to "
            f"hold out shares of {valid:g} to validate and {test:g} to test on; load more facts"
        )
    part = np.zeros(len(pairs), np.int8)
    part[free[:num_test]] = 2
    part[free[num_test : num_test + num_valid]] = 1
    return TripleSplit(*(triples.take(part[pair_of] == number) for number in range(3)))
