"""Numbers of any scale and tail → one column of mean 0 and deviation 1, and a flag where some are missing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph.property_values import read_number
from graph.snapshot import Column
from loaders.features.node_features import NodeFeatures
from loaders.features.transform import LIMIT, Transform, with_flag

HEAVY_TAIL = 15.0  # times the typical deviation; the largest of a million normal values is at 7
LARGEST = 1e100  # beyond it, squares overflow
SAME = 1e-12  # values closer than this share of the largest differ by rounding only


class Numeric(Transform):
    """Standardises numbers, after squeezing them if their tail is heavy.

    With m the median and s the median of |x − m| over those that differ from m, t = (x − m) / s. If some |t| is beyond
    ``HEAVY_TAIL``, t becomes asinh t, which is t near 0 and logarithmic in either tail: an outlier or a Pareto tail leaves the
    bulk of the values apart from one another. Then t is standardised, and cut to ±``LIMIT``. A missing value is the mean.

    Source of asinh for tails of either sign: Burbidge, Magee & Robb 1988, Alternative Transformations to Handle Extreme Values
    of the Dependent Variable (JASA 83).
    """

    method: Literal["numeric"] = "numeric"
    centre: float
    scale: float
    heavy: bool
    mean: float
    deviation: float
    flag: bool

    @classmethod
    def fit(cls, column: Column) -> Numeric:
        """Learn scale, tail and whether any number is missing."""
        values = read_numbers(column)
        known = np.clip(values[~np.isnan(values)], -LARGEST, LARGEST)
        flag = len(known) < len(values)
        if not len(known):
            return cls(centre=0, scale=1, heavy=False, mean=0, deviation=0, flag=flag)
        centre = float(np.median(known))
        off = np.abs(known - centre)
        off = off[off > SAME * np.abs(known).max()]
        if not len(off):
            return cls(centre=centre, scale=1, heavy=False, mean=0, deviation=0, flag=flag)
        scale = float(np.median(off))
        heavy = bool(off.max() > HEAVY_TAIL * scale)
        squeezed = _squeeze(known, centre, scale, heavy)
        return cls(
            centre=centre, scale=scale, heavy=heavy, mean=float(squeezed.mean()), deviation=float(squeezed.std()), flag=flag
        )

    def transform(self, column: Column) -> NodeFeatures:
        """Return one column, and the flag if there was one."""
        values = read_numbers(column)
        known = ~np.isnan(values)
        if not self.deviation:
            return with_flag(np.zeros((len(values), 1), np.float32), known, self.flag)
        squeezed = _squeeze(np.where(known, values, self.centre), self.centre, self.scale, self.heavy)
        standard = np.clip((squeezed - self.mean) / self.deviation, -LIMIT, LIMIT)
        return with_flag(np.where(known, standard, 0).astype(np.float32)[:, None], known, self.flag)


def read_numbers(column: Column) -> NDArray[np.float64]:
    """Return float64[n], NaN where a value is no finite number; one written as text is a number too."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "biuf":
        numbers = column.astype(np.float64)
    else:
        numbers = np.fromiter((read_number(value) for value in column), np.float64, len(column))
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _squeeze(values: NDArray[np.float64], centre: float, scale: float, heavy: bool) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):  # an infinity is cut to LIMIT later
        scaled = (np.clip(values, -LARGEST, LARGEST) - centre) / scale
    return np.arcsinh(scaled) if heavy else scaled
