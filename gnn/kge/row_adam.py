"""Adam for a table of which a step touches few rows."""

from __future__ import annotations

import torch
from torch import Tensor


class RowAdam:
    """Adam that leaves a row, and what it remembers of its gradients, alone until the row has a gradient again.

    A step costs what the touched rows cost, whatever the size of the table. Each row counts its own steps, so that the first
    steps of a rare row are as long as those of a frequent one.

    Source: Kingma & Ba 2015 (arXiv:1412.6980), algorithm 1, row by row.
    """

    def __init__(
        self, table: Tensor, learning_rate: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        """Take the table float32[n, d] that :meth:`step` writes to."""
        self._table = table
        self._learning_rate = learning_rate
        self._betas = betas
        self._eps = eps
        self._mean = torch.zeros_like(table)
        self._square = torch.zeros_like(table)
        self._steps = torch.zeros(len(table), 1)

    def step(self, rows: Tensor, gradient: Tensor) -> None:
        """Move distinct rows int64[k] against their gradient float32[k, d]."""
        keep_mean, keep_square = self._betas
        steps = self._steps[rows] + 1
        mean = self._mean[rows].lerp_(gradient, 1 - keep_mean)
        square = self._square[rows].mul_(keep_square).addcmul_(gradient, gradient, value=1 - keep_square)
        self._steps[rows], self._mean[rows], self._square[rows] = steps, mean, square
        length = (square / (1 - keep_square**steps)).sqrt_().add_(self._eps)
        self._table.index_add_(0, rows, mean.div_(length).mul_(-self._learning_rate / (1 - keep_mean**steps)))
