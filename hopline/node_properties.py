"""The properties of all nodes as training takes them: what is read by the encoder, and what is to be foretold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.run_folder import Run
from loaders.attributes import Attributes, read_attributes, split_name
from loaders.features import FeaturesConfig, FittedFeatures, NodeFeatures, PropertyReport, TextEncoders

OnFeatures = Callable[[list[PropertyReport]], None]
"""Told once, before training, what was found in the properties that are learnt from."""


@dataclass(frozen=True)
class NodeProperties:
    """``features`` were fitted on the properties of all nodes, ``inputs`` are those encoded, by label.

    ``attributes`` are all categories to be foretold, which are no inputs.
    """

    features: FittedFeatures
    inputs: dict[str, NodeFeatures]
    attributes: Attributes


def read_properties(snapshot: Snapshot, config: Config, on_features: OnFeatures) -> NodeProperties:
    """Read the properties that are learnt from.

    Raises:
        FeatureError: a text encoder that cannot be used.
    """
    foretold = () if config.tasks.attribute is None else config.tasks.attribute.of
    leave_out = {split_name(name, snapshot.schema) for name in foretold}
    features = FittedFeatures.fit(snapshot, TextEncoders(config.features.text_encoders), leave_out)
    on_features(features.report)
    return NodeProperties(features, features.encode_all(snapshot), read_attributes(snapshot, foretold))


def encode_rows(features: FittedFeatures, snapshot: Snapshot, label: str) -> Callable[[NDArray[np.int64]], NodeFeatures]:
    """Return what encodes nodes of a label by row, int64[n]; it raises FeatureError where a text encoder is not as it was."""
    return lambda rows: features.encode(label, snapshot.nodes[label].of_rows(rows))


def features_of(run: Run) -> FittedFeatures:
    """Return the features of a run as it fitted them, which encode nodes as those that it learnt from.

    Raises:
        FeatureError: they were written by another version of Hopline.
    """
    declared = FeaturesConfig.model_validate(run.config["features"])
    return FittedFeatures.from_json(run.features, TextEncoders(declared.text_encoders))
