"""How often each caller may ask: a bucket of tokens each, filled at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable

_BURST_S = 2.0
_MOST_CALLERS = 10_000


class RateLimit:
    """``per_s`` requests a second and caller, up to two seconds' worth at once; 0: no limit."""

    def __init__(self, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._most = max(1.0, per_s * _BURST_S)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, caller: str) -> float:
        """Take a token of a caller and return 0; or, where none is left, the seconds until there is one."""
        if not self._per_s:
            return 0.0
        now = self._clock()
        left, seen_at = self._buckets.pop(caller, (self._most, now))
        left = min(self._most, left + (now - seen_at) * self._per_s)
        taken = left >= 1
        self._buckets[caller] = (left - 1 if taken else left, now)  # last in the order of the dictionary
        if len(self._buckets) > _MOST_CALLERS:  # who was not heard of for longest begins with a full bucket again
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if taken else (1 - left) / self._per_s
