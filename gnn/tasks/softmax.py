"""Cross-entropy of a positive among a shared pool of negatives."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class PooledExamples(Protocol):
    """Examples that share a pool of targets, drawn uniformly from ``pool_of``, as their negatives."""

    @property
    def pool_of(self) -> int:
        """How many targets there are."""
        ...

    def drawn_targets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the pool holds an example's own target: the examples' numbers, and its places in the pool."""
        ...


def pool_cross_entropy(
    positive: Tensor, pool: Tensor, examples: PooledExamples, weight: NDArray[np.float32] | None = None
) -> Tensor:
    """Return the mean negative log-likelihood of the true targets, each times its ``weight``, float32[b] if given, a scalar.

    ``positive``: float32[b], their logits; ``pool``: float32[b, p], the logits of the examples' pool, written over. A pool of
    all targets gives the full softmax; a smaller one its estimate, the logits of the drawn raised by the log of the sampling
    rate's inverse. The loss bounds a step's memory and time, so nothing else of size b × p is made than what the sum of
    exponentials needs.

    Source: Bengio & Senécal 2008, sampled softmax with importance correction; uniform proposal.
    """
    rows, columns = (torch.from_numpy(index) for index in examples.drawn_targets())
    pool[rows, columns] = -torch.inf  # the true target is in ``positive``, and must not count twice
    others = pool.logsumexp(dim=1)
    if pool.shape[1] < examples.pool_of:
        others = others + math.log(examples.pool_of / pool.shape[1])
    loss = torch.logaddexp(positive, others) - positive
    return loss.mean() if weight is None else (loss * torch.from_numpy(weight)).mean()
