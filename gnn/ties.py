"""Ties between users as pairs to rank: whom a user has, whom to find, and whom never to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gnn.holdout import Holdout
from gnn.interactions import Interactions
from graph.schema import EdgeKind, Schema
from graph.snapshot import Snapshot
from graph.social import is_mutual, is_tie
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph

Ends = Mapping[EdgeType, tuple[NDArray[np.int64], NDArray[np.int64]]]


def ends_in(data: LearningGraph) -> Ends:
    """Return both ends of the relationships between users of a graph, int64[m] each, by kind."""
    found = {}
    for etype in data.social:
        source, target = data.graph.edges(etype=etype, order="eid")
        found[etype] = source.numpy(), target.numpy()
    return found


def ends_between(snapshot: Snapshot) -> Ends:
    """Return the same of a snapshot."""
    found = {kind.triple: snapshot.edges[kind.triple] for kind in snapshot.schema.social}
    return {triple: (columns.source, columns.target) for triple, columns in found.items()}


def ends_of(held: Mapping[EdgeType, HeldEdges], schema: Schema) -> Ends:
    """Return the same of those held out."""
    return {kind.triple: (held[kind.triple].source, held[kind.triple].target) for kind in schema.social if kind.triple in held}


def ties(ends: Ends, schema: Schema, num_users: int) -> Interactions:
    """Return who has whom, as pairs of a user and another, each once; a mutual tie is two."""
    return _pairs(ends, [kind for kind in schema.social if is_tie(kind)], num_users)


def people_holdout(known: Ends, held: Ends, schema: Schema, num_users: int) -> Holdout | None:
    """Return what is to be found among all users but oneself and those one has, or wants nothing of; None: nothing is."""
    wanted = ties(held, schema, num_users)
    shut = _pairs(known, schema.social, num_users)
    oneself = np.arange(num_users)
    seen = Interactions(
        np.concatenate([oneself, shut.user_index]), np.concatenate([oneself, shut.item_index]), num_users, num_users
    )
    if not len(_keys(wanted)[~np.isin(_keys(wanted), _keys(seen))]):
        return None
    return Holdout(seen, wanted)


def _pairs(ends: Ends, kinds: Sequence[EdgeKind], num_users: int) -> Interactions:
    keys = [np.zeros(0, np.int64)]
    for kind in kinds:
        if kind.triple not in ends:
            continue
        source, target = ends[kind.triple]
        if is_mutual(kind) or not is_tie(kind):
            source, target = np.concatenate([source, target]), np.concatenate([target, source])
        keys.append(source * num_users + target)
    one, other = np.divmod(np.unique(np.concatenate(keys)), num_users)
    return Interactions(one, other, num_users, num_users)


def _keys(pairs: Interactions) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = pairs.user_index * pairs.num_items + pairs.item_index
    return keys
