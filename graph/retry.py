"""How long to wait before what failed for a passing reason is tried again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

_FIRST_S, _LONGEST_S = 0.2, 2.0
_SPREAD = 0.2  # so that many who failed together do not come back together


def pauses_s(limit_s: float) -> Iterator[float]:
    """Yield pauses in seconds, each twice the one before up to 2, until ``limit_s`` seconds after the first was asked for."""
    give_up_at = time.monotonic() + limit_s
    pause_s = _FIRST_S
    while time.monotonic() < give_up_at:
        yield pause_s * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
        pause_s = min(2 * pause_s, _LONGEST_S)
