"""How vectors are written on nodes: as floats, or as whole numbers, which Neo4j keeps in a byte or in half of one each.

Neo4j Community indexes lists of whole numbers, packs small ones that are not negative bit by bit, and can rank them by cosine
alone. So the number that an index wants beside those learnt, which gives all items one length (see ``graph.embeddings``), goes
along the direction in which all numbers are alike: it lifts the others above zero, and changes no product with a user's
vector, which has nothing in that direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct, idct

from graph.errors import ReleaseError

Code = Literal["float32", "int8", "int4"]
"""A float of 4 bytes a number, or a whole number of 8 or of 4 bits."""

_BITS = {"float32": 32, "int8": 8, "int4": 4}


@dataclass(frozen=True)
class Grid:
    """The whole numbers that all items of a release are rounded to, so that their products with a user's vector compare.

    Item x, the longest of length 1, is written as ``steps`` times a vector of length ``reach``, whose first coefficient, the
    mean of its numbers times the root of their count, is √(reach² − |x|²), and whose others are x. An item that is much
    shorter than the longest has few steps left to tell by where it points; one of a thousandth of the length is zeros.
    """

    reach: float
    steps: float
    code: Code

    @classmethod
    def of(cls, items: Sequence[NDArray[np.float32]], code: Code) -> Grid:
        """Return the finest grid in a code of whole numbers that holds some items, float32[m, d] of each domain."""
        spread = [_spread(vectors, np.zeros(len(vectors))) for vectors in items]
        squares = [np.square(part).sum(axis=1) for part in spread]
        size = spread[0].shape[1]
        reach = max(float((of + size * part.min(axis=1) ** 2).max()) for part, of in zip(spread, squares, strict=True)) ** 0.5
        reach = reach or 1.0
        highest = max(
            float((part.max(axis=1) + np.sqrt(np.maximum(reach**2 - of, 0) / size)).max())
            for part, of in zip(spread, squares, strict=True)
        )
        return cls(reach, _highest(code) / highest, code)

    def write(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return items, float32[m, d], as whole numbers, float32[m, d + 1]."""
        squares = np.square(vectors.astype(np.float64)).sum(axis=1)
        whole = np.rint(self.steps * _spread(vectors, np.sqrt(np.maximum(self.reach**2 - squares, 0))))
        return (whole + 0.0).astype(np.float32)  # no minus zero

    def holds(self, vectors: NDArray[np.float32]) -> bool:
        """Return whether all whole numbers of some items, none longer than 1, are those of its code."""
        whole = self.write(vectors)
        return bool(whole.min() >= 0 and whole.max() <= _highest(self.code))


def code_users(vectors: NDArray[np.float32], code: Code) -> NDArray[np.float32]:
    """Return users of length 1 or 0, float32[n, d], as whole numbers float32[n, d + 1] about the middle, which is their mean.

    Each is rounded as finely as its own numbers allow, as a user's length changes no ranking.
    """
    spread = _spread(vectors, np.zeros(len(vectors)))
    largest = np.abs(spread).max(axis=1, keepdims=True)
    middle = number_for_zero(code)
    finest = spread * ((middle - 1) / np.where(largest > 0, largest, 1))
    whole = np.rint(finest)
    excess = whole.sum(axis=1, keepdims=True)
    # Those that were rounded farthest to the excess' side go one back; none of them leaves the range.
    order = np.argsort(-(whole - finest) * np.sign(excess), axis=1, kind="stable")
    is_back = np.empty(whole.shape, np.bool_)
    np.put_along_axis(is_back, order, np.arange(whole.shape[1]) < np.abs(excess), axis=1)
    found: NDArray[np.float32] = (whole - is_back * np.sign(excess) + middle).astype(np.float32)
    return found


def as_asked(unit: NDArray[np.float32], code: str) -> NDArray[np.float32]:
    """Return a user's vector of length 1 or 0, float32[d], as an index of items in a code is asked with it, float32[d + 1].

    It is not rounded, as it is not written.

    Raises:
        ReleaseError: a code that is not known.
    """
    if not is_whole(code):
        return np.append(unit, np.float32(0))
    found: NDArray[np.float32] = _spread(unit[None], np.zeros(1))[0].astype(np.float32)
    return found


def decode(vectors: NDArray[np.float32], code: str, *, is_indexed: bool) -> NDArray[np.float32]:
    """Return what the index ranks by, float32[n, d], of vectors as they are written, float32[n, d + 1].

    ``is_indexed`` tells items from users. The product of the two is the cosine that the index gives them.

    Raises:
        ReleaseError: a code that is not known.
    """
    if not is_whole(code):
        return vectors[:, :-1]
    coefficients = dct(vectors.astype(np.float64), norm="ortho", axis=1)
    counted = coefficients if is_indexed else coefficients[:, 1:]
    length = np.sqrt(np.square(counted).sum(axis=1, keepdims=True))
    found: NDArray[np.float32] = (coefficients[:, 1:] / np.where(length > 0, length, 1)).astype(np.float32)
    return found


def number_for_zero(code: str) -> float:
    """Return what stands for 0 in the vector of a user who asks.

    Raises:
        ReleaseError: a code that is not known.
    """
    return (_highest(code) + 1) / 2 if is_whole(code) else 0.0


def is_whole(code: str) -> bool:
    """Return whether vectors in a code are whole numbers.

    Raises:
        ReleaseError: a code that is not known.
    """
    check_code(code)
    return code != "float32"


def check_code(code: str) -> None:
    """Refuse what is no code.

    Raises:
        ReleaseError: it is none.
    """
    if code not in get_args(Code):
        raise ReleaseError(
            f"got vectors in the code {code!r}; this Hopline knows {', '.join(get_args(Code))}: publish with one of them, "
            "or ask with the Hopline that published"
        )


def num_bytes(size: int, code: Code) -> int:
    """Return the bytes of a vector of ``size`` numbers on a node, with the one that the index wants beside them."""
    return -(-_BITS[code] * (size + 1) // 8)


def _highest(code: str) -> int:
    return int(2 ** _BITS[code] - 1)


def _spread(vectors: NDArray[np.float32], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors, [n, d], and a coefficient of the direction in which all numbers are alike, as float64[n, d + 1].

    It is a rotation, by the discrete cosine transform: every number of a vector goes into all of them, so that none needs
    much more of the range than others.
    """
    found: NDArray[np.float64] = idct(np.column_stack([first, vectors.astype(np.float64)]), norm="ortho", axis=1)
    return found
