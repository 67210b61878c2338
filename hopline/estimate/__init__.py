"""How long a training run takes and how much memory and disk it needs, told before it starts.

A made-up graph of the same shape, or of as much of it as is measured in seconds, is trained on for a few steps in a process of
its own: what that costs on this machine is carried over to the whole.
"""

from hopline.estimate.estimate import Estimate, estimate_training
from hopline.estimate.shape import GraphShape, read_shape

__all__ = ["Estimate", "GraphShape", "estimate_training", "read_shape"]
