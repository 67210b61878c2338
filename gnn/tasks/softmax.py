"""Cross-entropy of true targets among a shared pool: of edges one by one, and of whole lists at once."""

from __future__ import annotations

import math
from typing import Any, Protocol

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


class ChosenLists(Protocol):
    """What each of b users chose among p items; see :class:`loaders.sampling.list_source.ListExamples`."""

    @property
    def row(self) -> NDArray[np.int64]:
        """Whose choice it is, int64[m]."""
        ...

    @property
    def column(self) -> NDArray[np.int64]:
        """The item of the pool, int64[m]."""
        ...

    @property
    def weight(self) -> NDArray[np.float32] | None:
        """What each choice counts, float32[m]."""
        ...

    @property
    def log_rate(self) -> NDArray[np.float32] | None:
        """The log of how many items each of the pool stands for, float32[p]."""
        ...


def list_cross_entropy(users: Tensor, items: Tensor, lists: ChosenLists) -> Tensor:
    """Return the mean over choices of the negative log-likelihood of what was chosen, each times its weight, a scalar.

    The score of item j for user u is ``users[u] · items[j]``; ``users``: float32[b, d], ``items``: float32[p, d]. A user's
    softmax is taken once for all that this user chose, as the multinomial likelihood is, so a step costs b × p whatever the
    number of choices. With a sampled pool it is over the sample, each score raised by ``log_rate``, which estimates the sum
    over the catalogue without bias.

    Source: Liang et al. 2018, Variational Autoencoders for Collaborative Filtering (arXiv:1802.05814), eq. 2, the likelihood;
    Bengio & Senécal 2008, the sampled softmax with importance correction.
    """
    row, column = torch.from_numpy(lists.row), torch.from_numpy(lists.column)
    weight = users.new_ones(len(row)) if lists.weight is None else torch.from_numpy(lists.weight)
    log_rate = None if lists.log_rate is None else torch.from_numpy(lists.log_rate)
    loss: Tensor = _ListCrossEntropy.apply(users, items, row, column, weight, log_rate)
    return loss


class _ListCrossEntropy(torch.autograd.Function):
    """Makes one matrix of users times items and turns it into the gradient in place, where autograd would keep four."""

    @staticmethod
    def forward(
        ctx: Any, users: Tensor, items: Tensor, row: Tensor, column: Tensor, weight: Tensor, log_rate: Tensor | None
    ) -> Tensor:
        scores = users @ items.T
        if log_rate is not None:
            scores += log_rate
        chosen = scores[row, column]
        peak = scores.amax(dim=1, keepdim=True)
        total = scores.sub_(peak).exp_().sum(dim=1, keepdim=True)
        counted = users.new_zeros(len(users)).index_add_(0, row, weight)
        log_sum = (total.log() + peak).squeeze(1)
        scores *= counted.unsqueeze(1) / total
        scores[row, column] -= weight  # each pair is there once
        scores /= len(row)
        ctx.save_for_backward(scores @ items, scores.T @ users)
        return ((counted * log_sum).sum() - (weight * chosen).sum()) / len(row)

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        (of_loss,) = outer
        of_users, of_items = ctx.saved_tensors
        return of_loss * of_users, of_loss * of_items, None, None, None, None


def pool_cross_entropy(positive: Tensor, pool: Tensor, examples: PooledExamples) -> Tensor:
    """Return the mean negative log-likelihood of the true targets, a scalar.

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
    return (torch.logaddexp(positive, others) - positive).mean()
