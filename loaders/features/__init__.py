"""Node properties as a model's input: transforms that are fitted once, kept with the release, and the same ever after.

A property goes through one transform, chosen by its declared type (``registry``). Whatever a transform meets later, it gives
arrays of the shape it had when fitted, all finite: a value it cannot use counts as missing.
"""

from loaders.features.encoders import FeaturesConfig, TextEncoder, TextEncoders
from loaders.features.fitted import FittedFeatures
from loaders.features.node_features import PADDING, NodeFeatures
from loaders.features.report import PropertyReport

__all__ = ["PADDING", "FeaturesConfig", "FittedFeatures", "NodeFeatures", "PropertyReport", "TextEncoder", "TextEncoders"]
