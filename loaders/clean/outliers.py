"""Values far from what is usual."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict

_MAD_TO_DEVIATION = 1.4826  # of a normal distribution


def robust_z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many deviations values are above their median, float64[n], the deviation told by the median absolute one.

    Where more than half of the values are the same, the mean absolute deviation stands in; 0 where all are.

    Source: Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers.
    """
    if not len(values):
        return values
    distance = np.abs(values - np.median(values))
    deviation = _MAD_TO_DEVIATION * np.median(distance) or 1.2533 * distance.mean()
    z: NDArray[np.float64] = (values - np.median(values)) / (deviation or 1.0)
    return z


class Outliers(Rule):
    """Leave out, or bring back to the limit, values beyond one: a robust z-score, quantiles, or fixed bounds.

    Each kind is judged by its own values.
    """

    name: ClassVar[str] = "outliers"

    z: float | None = Field(
        default=None, gt=0, description="robust z-score beyond which a value is an outlier; Iglewicz and Hoaglin take 3.5"
    )
    log: bool = Field(default=False, description="judge the logarithm of 1 + value, as amounts that grow by factors are")
    lower: float | None = Field(default=None, description="lowest value")
    upper: float | None = Field(default=None, description="highest value")
    lower_quantile: float | None = Field(default=None, ge=0, le=1, description="quantile of the values that is the lowest")
    upper_quantile: float | None = Field(default=None, ge=0, le=1, description="quantile of the values that is the highest")
    action: Literal["drop", "cap"] = Field(
        default="cap", description="leave the event out, or bring its value back to the limit"
    )

    def judge(self, events: Events) -> Verdict:
        """Judge each kind by its values."""
        concerned = self.concerns(events) & np.isfinite(events.value)
        capped = events.value.copy()
        for kind in np.unique(events.kind[concerned]):
            rows = np.flatnonzero(concerned & (events.kind == kind))
            lowest, highest = self._limits(events.value[rows].astype(np.float64))
            capped[rows] = np.clip(events.value[rows], np.float32(lowest), np.float32(highest))
        if self.action == "cap":
            return Verdict(np.ones(len(events), np.bool_), value=capped)
        return Verdict(~(concerned & (capped != events.value)))

    def _limits(self, values: NDArray[np.float64]) -> tuple[float, float]:
        lowest, highest = [-np.inf], [np.inf]
        if self.z is not None:
            scale = np.log1p(np.maximum(values, 0)) if self.log else values
            far = robust_z(scale)
            usual = values[np.abs(far) <= self.z]
            lowest.append(usual.min())  # the outermost values that are no outliers; the median always is none
            highest.append(usual.max())
        if self.lower is not None:
            lowest.append(self.lower)
        if self.upper is not None:
            highest.append(self.upper)
        if self.lower_quantile is not None:
            lowest.append(float(np.quantile(values, self.lower_quantile)))
        if self.upper_quantile is not None:
            highest.append(float(np.quantile(values, self.upper_quantile)))
        return max(lowest), max(min(highest), *lowest)
