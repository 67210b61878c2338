"""What each interaction counts: by what was done, how much of it, how long ago, and how many sessions back."""

from loaders.behaviours.config import BehaviourConfig, BehavioursConfig
from loaders.behaviours.event_weights import fading_of, read_event_weights
from loaders.behaviours.weights import InteractionWeights, positive_rows, weigh_interactions

__all__ = [
    "BehaviourConfig",
    "BehavioursConfig",
    "InteractionWeights",
    "fading_of",
    "positive_rows",
    "read_event_weights",
    "weigh_interactions",
]
