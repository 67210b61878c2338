"""The learning rate over a run: a function of how far the run is, so that one that goes on has the same."""

from __future__ import annotations

import math
from typing import Literal

Schedule = Literal["constant", "cosine", "warmup-cosine"]

WARMUP = 0.05  # share of the epochs in which the rate rises to its full height
FLOOR = 0.01  # share of the full rate that a cosine ends at


def rate_factor(schedule: Schedule, done: float, epochs: int) -> float:
    """Return what the learning rate is times after ``done`` of at most ``epochs`` epochs; ``done`` may lie within one.

    Source: Loshchilov & Hutter 2017, SGDR (arXiv:1608.03983), eq. 5, without restarts.
    """
    if schedule == "constant":
        return 1.0
    warmup = WARMUP * epochs if schedule == "warmup-cosine" else 0.0
    if done < warmup:
        return max(FLOOR, done / warmup)
    return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * (done - warmup) / (epochs - warmup))) / 2
