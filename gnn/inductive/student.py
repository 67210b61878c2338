"""Vectors of users whom no training has seen, by numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from graph.errors import ReleaseError
from graph.event_sum import EventSum
from graph.event_weights import EventWeights
from graph.traits import Traits

_PARTS = ("asking", "base", "slope", "curve")
_TRAITS, _WEIGHTS = "traits", "weights"


@dataclass(frozen=True)
class Student:
    """What item vectors are asked with by a user who met some of the items: ``asking`` float32[num_items, d], and their sum.

    Raises:
        ReleaseError: vectors of another length than the sum's, or that are not finite.
    """

    asking: NDArray[np.float32]
    sum: EventSum

    def __post_init__(self) -> None:
        if self.asking.ndim != 2 or self.asking.shape[1] != len(self.sum.base) or not np.isfinite(self.asking).all():
            raise ReleaseError(
                f"got asking vectors of shape {self.asking.shape} and a base of {len(self.sum.base)} numbers; expected finite "
                "vectors of one length: run `hopline train` again"
            )

    def vector(self, item_index: ArrayLike, weight: ArrayLike | None = None) -> NDArray[np.float32]:
        """Return the vector float32[d] of a user with events on items int64[n], of ``weight`` float32[n] or 1 each.

        Raises:
            ReleaseError: an index out of range, or weights that :meth:`graph.event_sum.EventSum.vector` refuses.
        """
        items = np.asarray(item_index)
        if items.size == 0:
            items = np.zeros(0, np.int64)
        if items.ndim != 1 or not np.issubdtype(items.dtype, np.integer):
            raise ReleaseError(f"got items as {items.dtype}{list(items.shape)}; expected one dimension of whole numbers")
        if items.size and not 0 <= items.min() <= items.max() < len(self.asking):
            raise ReleaseError(
                f"got items from {items.min()} to {items.max()}; expected 0 to {len(self.asking) - 1}, those that were learnt"
            )
        return self.sum.vector(self.asking[items], weight)

    def vectors(self, met: sparse.csr_array, traits: sparse.csr_array | None = None) -> NDArray[np.float32]:
        """Return vectors float32[b, d] of users by the weights of their events, float32[b, num_items].

        ``traits``: what users are, float32[b, values] as :func:`graph.traits.trait_rows` has them, where the sum knows traits.
        """
        own = None if traits is None or self.sum.traits is None else self.sum.traits.of_rows(traits)
        return self.sum.vectors(met @ self.asking, np.asarray(met.sum(axis=1), np.float32).ravel(), own)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays by name; traits, and what events count, as the bytes of their JSON."""
        curve = np.array([self.sum.exponent, self.sum.most], np.float32)
        arrays: dict[str, NDArray[Any]] = dict(zip(_PARTS, (self.asking, self.sum.base, self.sum.slope, curve), strict=True))
        if self.sum.traits is not None:
            arrays[_TRAITS] = np.frombuffer(self.sum.traits.to_json().encode(), np.uint8)
        if self.sum.weights is not None:
            arrays[_WEIGHTS] = np.frombuffer(self.sum.weights.model_dump_json().encode(), np.uint8)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Student:
        """Return the student that :meth:`to_arrays` wrote.

        Raises:
            ReleaseError: an array is missing, or does not fit the others.
        """
        missing = [name for name in _PARTS if name not in arrays]
        if missing or arrays["curve"].shape != (2,):
            raise ReleaseError(
                f"the student's arrays are {sorted(arrays)}; expected {', '.join(_PARTS)}, curve of two numbers: run "
                "`hopline train` again"
            )
        exponent, most = (float(number) for number in arrays["curve"])
        traits = Traits.from_json(arrays[_TRAITS].tobytes().decode()) if _TRAITS in arrays else None
        weights = EventWeights.from_json(arrays[_WEIGHTS].tobytes().decode()) if _WEIGHTS in arrays else None
        return cls(arrays["asking"], EventSum(arrays["base"], arrays["slope"], exponent, most, traits, weights))
