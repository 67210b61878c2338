"""Split what cleaning left, and say how much of it would have been held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from loaders.clean.apply import Cleaned
from loaders.clean.report import CleanReport
from loaders.interactions import InteractionLog
from loaders.splits import Split


def split_cleaned(cleaned: Cleaned, split: Callable[[InteractionLog], Split], as_given: bool) -> tuple[Split, CleanReport]:
    """Return the split of what is left, and the report with what was dropped of rows that would have been held out.

    ``split`` gets what came in or what is left. ``as_given``: it takes its parts from pairs that were named beforehand,
    of which cleaning may have dropped some, so it splits what came in, and what is left of each part stays.
    """
    if len(cleaned.log) == len(cleaned.before):
        return split(cleaned.log), cleaned.report
    raw = split(cleaned.before)
    rules = cleaned.dropped_by[np.concatenate([raw.valid, raw.test])]
    held_out = np.bincount(rules[rules >= 0], minlength=len(cleaned.report.counts)).tolist()
    counts = tuple(replace(count, held_out=n) for count, n in zip(cleaned.report.counts, held_out, strict=True))
    report = replace(cleaned.report, counts=counts)
    if not as_given:
        return split(cleaned.log), report
    number = np.cumsum(cleaned.dropped_by < 0) - 1
    parts = (number[rows[cleaned.dropped_by[rows] < 0]] for rows in (raw.train, raw.valid, raw.test))
    return Split(*parts), report
