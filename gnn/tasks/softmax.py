"""Cross-entropy of a positive among a shared pool of negatives."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


def pool_cross_entropy(positive: Tensor, pool: Tensor, is_positive: Tensor, pool_of: int) -> Tensor:
    """Return the mean negative log-likelihood of the positives, a scalar.

    ``positive``: float32[b], logits of the true targets; ``pool``: float32[b, p], logits of the pool; ``is_positive``:
    bool[b, p], where the pool holds the true target itself, which must not count twice; ``pool_of``: how many targets the
    pool was drawn from. A pool of all targets gives the full softmax; a smaller one its estimate, the logits of the
    drawn raised by the log of the sampling rate's inverse.

    Source: Bengio & Senécal 2008, sampled softmax with importance correction; uniform proposal.
    """
    num_drawn = pool.shape[1]
    others = pool.masked_fill(is_positive, -torch.inf)
    if num_drawn < pool_of:
        others = others + math.log(pool_of / num_drawn)
    logits = torch.cat([positive.unsqueeze(1), others], dim=1)
    return cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))
