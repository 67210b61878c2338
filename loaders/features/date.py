"""Dates → how long ago, and where in the year, the week and the day."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Column
from graph.snapshot.instants import read_instants
from loaders.features.node_features import NodeFeatures
from loaders.features.numeric import Numeric
from loaders.features.transform import Transform, with_flag

DAY_S = 86_400
Cycle = Literal["year", "week", "day"]
CYCLES: tuple[Cycle, ...] = ("year", "week", "day")


class Date(Transform):
    """A standardised trend, and sine and cosine of the phase in each cycle that the dates spread over.

    The trend is the moment itself, an age but for a constant: an age counted from today would give an input that changes by the
    day. Phases follow the clock of the date's own zone. A cycle in which all dates stand at the same place, such as the hour of
    pure dates, is left out. Sine and cosine are times √2, of variance 1 when the dates spread evenly.
    """

    method: Literal["date"] = "date"
    trend: Numeric
    cycles: tuple[Cycle, ...]
    flag: bool

    @classmethod
    def fit(cls, column: Column) -> Date:
        """Learn the scale of the trend and which cycles tell anything."""
        instants, clocks = read_instants(column)
        known = ~np.isnan(clocks)
        phases = _phases(clocks[known])
        cycles = tuple(cycle for cycle in CYCLES if len(np.unique(phases[cycle])) > 1)
        return cls(trend=Numeric.fit(instants[known]), cycles=cycles, flag=not known.all())

    def transform(self, column: Column) -> NodeFeatures:
        """Return the trend, two columns a cycle, and the flag if there was one."""
        instants, clocks = read_instants(column)
        known = ~np.isnan(clocks)
        columns = [self.trend.transform(instants).dense[:, 0]]
        phases = _phases(np.where(known, clocks, 0))
        for cycle in self.cycles:
            angle = 2 * np.pi * phases[cycle]
            columns += [np.where(known, np.sqrt(2) * wave(angle), 0).astype(np.float32) for wave in (np.sin, np.cos)]
        return with_flag(np.stack(columns, axis=1), known, self.flag)


def _phases(clocks: NDArray[np.float64]) -> dict[Cycle, NDArray[np.float64]]:
    """Return how far each moment is into its year, week (from Monday) and day, 0 up to 1."""
    days = np.floor(clocks / DAY_S)
    moments = days.astype("datetime64[D]")
    into_year = (moments - moments.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
    return {"year": into_year / 366, "week": (days + 3) % 7 / 7, "day": clocks / DAY_S - days}
