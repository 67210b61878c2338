"""The smallest of many sizes that is good enough, found by trying few."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def smallest_within(sizes: Sequence[int], is_within: Callable[[int], bool]) -> int | None:
    """Return the smallest size that is good enough; None: not even the largest is, which is tried first.

    Between the two it bisects: a size is taken to be no worse than smaller ones.
    """
    ordered = sorted(sizes)
    if not ordered or not is_within(ordered[-1]):
        return None
    low, high = 0, len(ordered) - 1
    while low < high:
        middle = (low + high) // 2
        if is_within(ordered[middle]):
            high = middle
        else:
            low = middle + 1
    return ordered[high]
