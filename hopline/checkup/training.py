"""A training run, before it starts."""

from __future__ import annotations

from graph.checkup import Finding
from hopline.estimate import Estimate


def check_training(estimate: Estimate) -> Finding:
    """Say how long training is estimated to take."""
    part = "" if estimate.measured_share == 1 else f", carried over from {estimate.measured_share:.1%} of the graph's size"
    return Finding.ok(
        "training",
        f"estimated at {duration(estimate.epoch_s)} an epoch and at most {duration(estimate.train_s)} in all, that is "
        f"{estimate.epochs} epochs to find how many are best and as many again{part}",
    )


def duration(seconds: float) -> str:
    """Return seconds as people say them."""
    if seconds < 1:
        return f"{seconds:.1g} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
