"""How many bytes on disk a run leaves: the snapshot's cache, the run folder, and a release in the database."""

from __future__ import annotations

from graph.schema import EdgeKind, NodeKind
from graph.sync.values import to_text
from hopline.estimate.shape import GraphShape

_FLOAT = 4
_LONG = 8
_CHECKPOINTS = 3 + 1 + 3 + 3  # the last state of both trainings, with the optimiser's two, the best one, and one being written


def cache_bytes(shape: GraphShape) -> int:
    """Return the size of the snapshot's cache; while it is renewed, it is there twice at most."""
    nodes = sum(shape.num_nodes[kind.label] * _node_bytes(kind, shape) for kind in shape.schema.nodes)
    return int(nodes + sum(shape.num_edges[kind.triple] * _edge_bytes(kind) for kind in shape.schema.edges))


def run_bytes(shape: GraphShape, embedding_size: int, num_parameters: int) -> int:
    """Return the size of checkpoints and vectors in the run folder."""
    return _FLOAT * (_CHECKPOINTS * num_parameters + embedding_size * _num_published(shape))


def release_bytes(shape: GraphShape, embedding_size: int) -> int:
    """Return what one release takes in the database: a vector a user and item, and those of items again in an index."""
    items = sum(shape.num_nodes[kind.label] for kind in shape.schema.items)
    return _FLOAT * (embedding_size + 1) * (_num_published(shape) + items)


def _num_published(shape: GraphShape) -> int:
    return sum(shape.num_nodes[kind.label] for kind in (shape.schema.user, *shape.schema.items))


def _node_bytes(kind: NodeKind, shape: GraphShape) -> float:
    return _LONG + sum(
        _LONG + sum(len(to_text(value)) for value in values) / max(1, len(values))
        for values in shape.values[kind.label].values()
    )


def _edge_bytes(kind: EdgeKind) -> int:
    return 3 * _LONG + (0 if kind.value is None else _FLOAT + 1) + (0 if kind.time is None else _LONG + 1)
