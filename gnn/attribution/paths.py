"""Paths from a user to an item, and the few that account for most of the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnn.attribution.propagation import Floats, Ints, Propagation

NONE = -1
LONGEST = 3  # relationships; those of four run through so many nodes that each says little
ENDS = 1000  # relationships at the user, and at the item, that paths are looked for through: those that brought most


@dataclass(frozen=True)
class Paths:
    """c paths from ``user`` to ``item``, the shorter first: ``relationships`` int64[c, 3], and nodes ``between`` int64[c, 2].

    Both in the order from the user to the item, filled up with −1.
    """

    user: int
    item: int
    relationships: Ints
    between: Ints

    def __len__(self) -> int:
        return len(self.relationships)


@dataclass(frozen=True)
class Path:
    """A path: its relationships and its nodes, the user first and the item last, and what it ``brought`` to the score.

    That is the sum over those of its relationships that no path named before it has.
    """

    relationships: tuple[int, ...]
    nodes: tuple[int, ...]
    brought: float

    @property
    def between(self) -> tuple[int, ...]:
        """The nodes between user and item."""
        return self.nodes[1:-1]


def find_paths(steps: Propagation, user: int, item: int, brought: Floats) -> Paths:
    """Return the paths of one to three relationships, each through nodes of its own, by the ends that brought most."""
    at_user, at_item = (_ends(steps, node, brought) for node in (user, item))
    direct = at_user[steps.source[at_user] == item]
    at_user, at_item = at_user[steps.source[at_user] != item], at_item[steps.source[at_item] != user]
    by_one = _join(steps.source[at_user], steps.source[at_item])
    between = steps.edges_into(np.unique(steps.source[at_user]))
    between = between[np.isin(steps.source[between], steps.source[at_item])]
    between = between[~np.isin(steps.target[between], (user, item)) & ~np.isin(steps.source[between], (user, item))]
    between = between[steps.source[between] != steps.target[between]]
    first, middle = _join(steps.source[at_user], steps.target[between])
    of_two, last = _join(steps.source[between[middle]], steps.source[at_item])
    edges = [
        np.stack([direct], axis=1),
        np.stack([at_user[by_one[0]], at_item[by_one[1]]], axis=1),
        np.stack([at_user[first[of_two]], between[middle[of_two]], at_item[last]], axis=1),
    ]
    nodes = [steps.source[part[:, : part.shape[1] - 1]] for part in edges]
    return Paths(
        user,
        item,
        np.concatenate([_filled(steps.relationship[part], LONGEST) for part in edges]),
        np.concatenate([_filled(part, LONGEST - 1) for part in nodes]),
    )


def choose_paths(paths: Paths, brought: Floats, limit: int) -> list[Path]:
    """Return at most ``limit`` paths that account for most of the score, by falling share.

    Each is the one that brings most beside those before it: a relationship counts once, for the first path that it is on, so
    that what the paths brought adds up. Paths that bring nothing more are left out.

    Source: Nemhauser, Wolsey and Fisher 1978 (the greedy choice for coverage is within 1 − 1/e of the best, of shares above 0).
    """
    left = np.where(paths.relationships == NONE, 0.0, brought[paths.relationships])
    chosen: list[Path] = []
    while len(chosen) < limit and len(paths):
        sums = left.sum(axis=1)
        best = int(np.argmax(sums))
        if sums[best] <= 0:
            break
        relationships = paths.relationships[best][paths.relationships[best] != NONE]
        between = paths.between[best][: len(relationships) - 1].tolist()
        nodes = (paths.user, *between, paths.item)
        chosen.append(Path(tuple(relationships.tolist()), nodes, float(sums[best])))
        left[np.isin(paths.relationships, relationships)] = 0.0
    return chosen


def _ends(steps: Propagation, node: int, brought: Floats) -> Ints:
    """Return the edges into a node, but to itself, by what their relationships brought."""
    edges = steps.edges_into(np.array([node]))
    edges = edges[steps.source[edges] != node]
    first: Ints = edges[np.argsort(-brought[steps.relationship[edges]], kind="stable")[:ENDS]]
    return first


def _join(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the places of all pairs of equal values, one of either array."""
    order = np.argsort(right, kind="stable")
    starts, stops = (np.searchsorted(right[order], left, side) for side in ("left", "right"))
    counts = stops - starts
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.arange(len(left)), counts), order[np.repeat(starts, counts) + offset]


def _filled(part: Ints, width: int) -> Ints:
    filled: Ints = np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=NONE)
    return filled
