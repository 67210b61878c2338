"""Who met what: user–item pairs by dense index, checked once, and as a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from gnn.errors import EvaluationError

Indices = NDArray[np.int64]


def _checked(name: str, index: ArrayLike, bound: int) -> Indices:
    array = np.asarray(index)
    if array.ndim != 1 or (array.size and not np.issubdtype(array.dtype, np.integer)):
        raise EvaluationError(
            f"{name} is {array.dtype}{list(array.shape)}; expected one dimension of integers. "
            "Pass dense indices, not external ids."
        )
    if array.size and not 0 <= array.min() <= array.max() < bound:
        raise EvaluationError(
            f"{name} runs from {array.min()} to {array.max()}; expected 0 to {bound - 1}. "
            "Pass dense indices, and counts that cover train and test together."
        )
    return array.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Interactions:
    """Pairs of a user and an item, with an optional weight and time each; repeated pairs are allowed.

    ``domains`` gives the number of items of each domain by name, in the order in which they are numbered; None: all are of one.

    Shapes: ``user_index`` int64[n], ``item_index`` int64[n], ``value`` float32[n] or None, ``time`` int64[n] or None, of
    which the order counts.

    Raises:
        EvaluationError: an index out of range, columns of unequal length, a value that is not finite, or domains that have more
            or fewer items than there are.
    """

    user_index: Indices
    item_index: Indices
    num_users: int
    num_items: int
    value: NDArray[np.float32] | None = None
    domains: Mapping[str, int] | None = None
    time: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "user_index", _checked("user_index", self.user_index, self.num_users))
        object.__setattr__(self, "item_index", _checked("item_index", self.item_index, self.num_items))
        lengths = [len(self.user_index), len(self.item_index)]
        if self.value is not None:
            value = np.asarray(self.value, dtype=np.float32).reshape(-1)
            object.__setattr__(self, "value", value)
            lengths.append(len(value))
            if not np.isfinite(value).all():
                raise EvaluationError(
                    f"{int((~np.isfinite(value)).sum())} of {len(value)} values are NaN or infinite; "
                    "expected finite weights. Clean them or leave value out."
                )
        if self.time is not None:
            object.__setattr__(self, "time", np.asarray(self.time, dtype=np.int64).reshape(-1))
            lengths.append(len(self.time))
        if len(set(lengths)) != 1:
            raise EvaluationError(
                f"the columns user_index, item_index, value, time hold {lengths} rows; expected as many in each. "
                "Pass one row a pair."
            )

        if self.domains is not None and sum(self.domains.values()) != self.num_items:
            raise EvaluationError(
                f"the domains {dict(self.domains)} have {sum(self.domains.values())} items; expected {self.num_items}. "
                "Count every item in one domain."
            )

    def matrix(self) -> sparse.csr_array:
        """Return float32[num_users, num_items]: 1 for a pair that occurs, or the sum of its values."""
        value = np.ones(len(self.user_index), np.float32) if self.value is None else self.value
        matrix = sparse.csr_array((value, (self.user_index, self.item_index)), shape=(self.num_users, self.num_items))
        matrix.sum_duplicates()
        if self.value is None:
            matrix.data.fill(1.0)
        return matrix
