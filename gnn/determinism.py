"""The same sums in the same order: one seed gives the same bits, on a busy machine too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.utils.deterministic


@contextmanager
def same_bits() -> Iterator[None]:
    """Have torch add up in a fixed order while the block runs.

    The gradient of picking rows, some of them twice, is otherwise summed by several threads in whatever order they come: larger
    batches gave other vectors each time. torch would also fill memory that is not written yet, which costs and decides nothing.
    """
    was, filled = torch.are_deterministic_algorithms_enabled(), torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was)
        torch.utils.deterministic.fill_uninitialized_memory = filled  # type: ignore[attr-defined]
