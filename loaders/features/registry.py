"""Which transform a type of feature goes through; a new one is a new file and a line in both tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from graph.schema import FeatureType
from graph.snapshot import Column
from loaders.features.categorical import Categorical
from loaders.features.date import Date
from loaders.features.numeric import Numeric
from loaders.features.text import HashedText
from loaders.features.vector import Vector

# What a stored transform can be; its field ``method`` tells which.
AnyTransform = Annotated[Numeric | Categorical | HashedText | Date | Vector, Field(discriminator="method")]

FITS: Mapping[FeatureType, Callable[[Column], AnyTransform]] = MappingProxyType(
    {
        FeatureType.NUMERIC: Numeric.fit,
        FeatureType.CATEGORICAL: Categorical.fit,
        FeatureType.MULTI: Categorical.fit,
        FeatureType.TEXT: HashedText.fit,
        FeatureType.DATE: Date.fit,
        FeatureType.VECTOR: Vector.fit,
    }
)
