"""Ours, by its defaults, on the graph that the peers have: users, items and their interactions."""

from __future__ import annotations

import numpy as np

from benchmarks.training.curve import Curve, Point
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.train import Validation, train
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import EdgeColumns, NodeColumns, Snapshot
from hopline.config import Config
from loaders.sampling.learning_graph import LearningGraph, build_learning_graph

METRIC = "ndcg@20"
TOOK = EdgeKind(source="User", type="TOOK", target="Item", role=EdgeRole.INTERACTION)
SCHEMA = Schema(nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)), edges=(TOOK,))


def graph_of(pairs: Interactions) -> LearningGraph:
    """Return the graph of some interactions and nothing else."""
    order = np.lexsort((pairs.item_index, pairs.user_index))
    return build_learning_graph(
        Snapshot(
            SCHEMA,
            {"User": NodeColumns(np.arange(pairs.num_users), {}), "Item": NodeColumns(np.arange(pairs.num_items), {})},
            {TOOK.triple: EdgeColumns(pairs.user_index[order], pairs.item_index[order], None, None)},
        )
    )


def train_ours(pairs: Interactions, holdout: Holdout, config: Config) -> Curve:
    """Return our validation curve over as many epochs as the defaults allow."""
    settings = config.train.model_copy(update={"validate_every": 1, "patience": config.train.epochs, "metric": METRIC})
    trained = train(graph_of(pairs), config.model, config.tasks, settings, validation=Validation(holdout))
    # An epoch of a small graph is several passes.
    edges = sum(record.edges_per_s * record.seconds for record in trained.history) / len(trained.history)
    curve, seconds = Curve("hopline", round(edges)), 0.0
    for record in trained.history:
        seconds += record.seconds
        curve.points.append(Point(record.epoch, seconds, record.metrics[METRIC]))
    return curve
