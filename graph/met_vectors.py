"""What users not learnt from ask with: a vector for each item that they met, kept beside the item's own in a byte a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import ReleaseError
from graph.event_sum import EventSum

_LARGEST = 127
_SCALE_BYTES = 4


@dataclass(frozen=True)
class MetVectors:
    """For each domain of a release, in its order, the vectors of what was met, float32[n, d], and how they are summed.

    Raises:
        ReleaseError: vectors of another length than the sum's, or that are not finite.
    """

    asking: tuple[NDArray[np.float32], ...]
    sum: EventSum

    def __post_init__(self) -> None:
        for vectors in self.asking:
            if vectors.ndim != 2 or vectors.shape[1] != len(self.sum.base) or not np.isfinite(vectors).all():
                raise ReleaseError(
                    f"got vectors of what was met of shape {vectors.shape}; expected [items, {len(self.sum.base)}], finite: "
                    "run `hopline train` again"
                )


def to_bytes(vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return vectors float32[n, d] as uint8[n, d + 4]: each's scale as a float, then whole numbers from -127 to 127."""
    scale = (np.abs(vectors).max(axis=1, initial=0) / _LARGEST).astype("<f4")
    whole = np.rint(vectors / np.where(scale > 0, scale, 1)[:, None]).clip(-_LARGEST, _LARGEST).astype(np.int8)
    return np.hstack([scale[:, None].view(np.uint8), whole.view(np.uint8)])


def from_bytes(rows: Sequence[bytes], size: int) -> NDArray[np.float32]:
    """Return the vectors float32[n, ``size``] that :func:`to_bytes` wrote.

    Raises:
        ReleaseError: they are of another length.
    """
    if any(len(row) != size + _SCALE_BYTES for row in rows):
        raise ReleaseError(
            f"an item's vector of what was met is not of {size} numbers; something else wrote it: run `hopline publish` again"
        )
    packed = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), size + _SCALE_BYTES)
    scale = np.ascontiguousarray(packed[:, :_SCALE_BYTES]).view("<f4")
    whole = np.ascontiguousarray(packed[:, _SCALE_BYTES:]).view(np.int8)
    vectors: NDArray[np.float32] = (whole * scale).astype(np.float32)
    return vectors
