"""Values, times and features that are not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict


class Missing(Rule):
    """Leave out events whose value or time is missing, or put something in its place.

    Only kinds that have a value, or a time, by the schema are judged by it. ``features`` are filled by
    :func:`loaders.clean.features.fill_features`.
    """

    name: ClassVar[str] = "missing"

    value: Literal["keep", "drop", "mean", "median"] | float = Field(
        default="keep",
        description="of an event without a value: keep, drop, or the value it gets; mean and median are its kind's",
    )
    time: Literal["keep", "drop"] = Field(default="keep", description="of an event without a time")
    features: Mapping[str, float | str] = Field(
        default={}, description="'Label.property' = mean, median, or what a node without it gets"
    )

    def judge(self, events: Events) -> Verdict:
        """Judge by what each event has."""
        concerned = self.concerns(events)
        no_value = concerned & events.of_kinds(events.has_value) & np.isnan(events.value)
        keep = np.ones(len(events), np.bool_)
        value = events.value.copy()
        if self.value == "drop":
            keep &= ~no_value
        elif self.value != "keep":
            for kind in np.unique(events.kind[no_value]):
                rows = events.kind == kind
                known = events.value[rows & ~np.isnan(events.value)].astype(np.float64)
                if isinstance(self.value, float):
                    value[rows & no_value] = self.value
                elif len(known):
                    value[rows & no_value] = known.mean() if self.value == "mean" else np.median(known)
        if self.time == "drop":
            keep &= ~(concerned & events.of_kinds(events.has_time) & (events.time == 0))
        return Verdict(keep, value=value)
