"""The graph that the network which is served learnt from: train and validation together."""

from __future__ import annotations

from graph.progress import OnStage
from hopline.config import Config
from hopline.encoder_inputs import encoder_inputs
from hopline.node_properties import NodeProperties
from hopline.split_log import Prepared
from loaders.sampling.learning_graph import LearningGraph, build_learning_graph


def refitted_graph(prepared: Prepared, properties: NodeProperties, config: Config, on_stage: OnStage) -> LearningGraph:
    """Return the graph of all but the test split, with every fact and friendship."""
    return build_learning_graph(
        prepared.snapshot,
        prepared.split_log.learnt,
        features=encoder_inputs(prepared.snapshot, properties.inputs, config.kge, on_stage),
        behaviours=config.behaviours,
        attributes=properties.attributes,
    )
