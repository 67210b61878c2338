"""What training learns from while it is validated, and what it is validated on; nothing of the test split is in either."""

from __future__ import annotations

from dataclasses import dataclass

from gnn.train import Validation
from graph.progress import OnStage
from hopline.config import Config
from hopline.encoder_inputs import encoder_inputs
from hopline.errors import TrainingError
from hopline.node_properties import NodeProperties, OnFeatures, read_properties
from hopline.split_log import Prepared
from loaders.sampling.held_out import held_interactions, hold_out_categories, hold_out_facts, hold_out_friends
from loaders.sampling.learning_graph import LearningGraph, build_learning_graph

FRIENDS_HELD_OUT = 0.1  # share of the pairs of friends that the people task is validated on
CATEGORIES_HELD_OUT = 0.2  # share of the nodes that the attribute task is validated on
FACTS_HELD_OUT = 0.05  # share of the joined pairs of nodes, at most a thousand, that link prediction is validated on


@dataclass(frozen=True)
class ValidatedPart:
    """The train split as a graph to learn from, and what to find: ``validation``; of the properties, what all nodes have."""

    data: LearningGraph
    validation: Validation
    properties: NodeProperties


def check_learnable(prepared: Prepared, config: Config) -> None:
    """Refuse a graph that nothing can be learnt from, or validated on.

    Raises:
        TrainingError: there is no interaction, none is held out to validate on, or ranking is not to be learnt.
    """
    log, split, schema = prepared.split_log.log, prepared.split_log.split, prepared.snapshot.schema
    if not len(log):
        kinds = ", ".join(f"({kind.stored[0]})-[{kind.type}]->({kind.stored[1]})" for kind in schema.interactions)
        raise TrainingError(
            f"found {len(log.user_ids):,} users, {len(log.items):,} items and no interaction of theirs: none of {kinds}; load "
            "some with `hopline import`, or name in [graph_schema] of hopline.toml the relationships that tell of them"
        )
    if not len(split.valid):
        raise TrainingError(
            f"of {len(log)} interactions none is held out to validate on: a user with n of them gives split.valid × n, rounded "
            f"down, and split.valid is {config.split.valid:g}; raise it in [split] of hopline.toml, or load more interactions"
        )
    if config.tasks.ranking is None:
        raise TrainingError("[tasks] ranking is null, and its vectors are what is served; leave the line out")


def hold_out(prepared: Prepared, config: Config, on_stage: OnStage, on_features: OnFeatures) -> ValidatedPart:
    """Hold out what the tasks are validated on, beside the validation split, and build the graph of what is left.

    Raises:
        FeatureError: a text encoder that cannot be used.
    """
    snapshot, split_log = prepared.snapshot, prepared.split_log
    read = read_properties(snapshot, config, on_features)
    kept, held = hold_out_facts(snapshot, FACTS_HELD_OUT, config.train.seed)
    if config.tasks.people is not None:
        kept_friends, held_friends = hold_out_friends(snapshot, FRIENDS_HELD_OUT, config.train.seed)
        kept, held = kept | kept_friends, held | held_friends
    kept_attributes, held_categories = hold_out_categories(read.attributes, CATEGORIES_HELD_OUT, config.train.seed)
    data = build_learning_graph(
        snapshot,
        split_log.split.train,
        kept,
        encoder_inputs(snapshot, read.inputs, config.kge, on_stage, kept),
        behaviours=config.behaviours,
        attributes=kept_attributes,
    )
    measured = held | held_categories | held_interactions(snapshot, split_log.split.valid)
    return ValidatedPart(data, Validation(split_log.valid(), measured), read)
