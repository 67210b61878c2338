"""Small vectors that rank as a teacher does.

A factorisation spreads its error over all pairs alike; of a ranking only the top is shown, and of that only what the user has
not met. So the vectors that a factorisation gave go on as parameters, until each user's softmax over the items not met is near
to the teacher's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor
from torch.nn import functional

from gnn.compress.config import DistilConfig
from gnn.compress.teacher import Teacher
from gnn.determinism import same_bits
from gnn.evaluate import Scorer
from gnn.topk import NOTHING
from gnn.vector_scorer import VectorScorer, of_length_one

_NUMBERS_AT_ONCE = 1 << 22
_BATCHES_A_FIT = 10  # from one look at all items to the next
_COMPARED = 512  # items a batch whose likeness to each other is looked at
_MET = -1e9  # the logit of an item that is not ranked: its share is 0, and so are its gradients


OnBatch = Callable[[int, int], None]
"""Hears (batches learnt from, all that there are)."""


class Rounding(Protocol):
    """What vectors will be stored as."""

    def fit(self, items: NDArray[np.float32]) -> None:
        """Look at all items, float32[m, d], as they are by now: rounding may depend on the largest of them."""
        ...

    def users(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is left of users' vectors, float32[n, d]."""
        ...

    def items(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is left of some items' vectors, float32[m, d]."""
        ...


def distil(
    teacher: Scorer,
    start: VectorScorer,
    seen: sparse.csr_array,
    config: DistilConfig,
    rounding: Rounding | None = None,
    alike: NDArray[np.float32] | None = None,
    seed: int = 0,
    on_batch: OnBatch = lambda _done, _total: None,
) -> VectorScorer:
    """Return vectors of the size of ``start``, which they begin as; ``seen``: what users have met, which is not ranked.

    Users' vectors are of length one; those whom ``start`` knows nothing of keep zeros. With ``rounding``, the vectors that it
    leaves are taught, and gradients pass as if it were not there (straight-through, Bengio et al. 2013, arXiv:1308.3432).

    The loss is the Kullback-Leibler divergence of a user's softmax from the teacher's (Hinton et al. 2015, arXiv:1503.02531),
    over the items that the teacher ranks first for any user of the batch and some others, each of which stands for many; and,
    so that items stay near those that they are like, ``config.relational`` times the mean squared error of their cosines, which
    are to be those of ``alike``, float32[num_items, any], or of ``start`` (Park et al. 2019, arXiv:1904.05068, by cosines).
    """
    known = np.flatnonzero(np.abs(start.users).max(axis=1) > 0)
    if not len(known) or not config.num_batches(len(known)):
        return start
    told = Teacher.ask(teacher, seen, known, config.top)
    generator = np.random.default_rng(seed)
    like = functional.normalize(torch.from_numpy(start.items if alike is None else alike), dim=1)
    with same_bits():
        asking, asked = (torch.from_numpy(part).requires_grad_() for part in _as_logits(start, told, config.temperature))
        optimizer = torch.optim.Adam([asking, asked], lr=config.learning_rate)
        total = config.num_batches(len(known))
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)
        for done, rows in enumerate(_batches(len(known), total, config.batch_users, generator)):
            on_batch(done, total)
            pool, number = told.pool(rows, config.others, generator)
            weight = torch.from_numpy(np.log(number))
            met = torch.from_numpy(seen[known[rows]][:, pool].toarray() > 0)
            wanted = torch.from_numpy(told.scores(rows, pool)) / config.temperature
            of_users, of_items = asking[rows], asked[pool]
            if rounding is not None:
                if done % _BATCHES_A_FIT == 0:
                    rounding.fit(asked.detach().numpy())
                of_users, of_items = _left(of_users, rounding.users), _left(of_items, rounding.items)
            loss = _cross_entropy(of_users @ of_items.T + weight, wanted + weight, met)
            if config.relational:
                some = generator.permutation(len(pool))[:_COMPARED]
                loss = loss + config.relational * _unlike(of_items[some], like[pool[some]])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    users = np.zeros_like(start.users)
    users[known] = asking.detach().numpy()
    return VectorScorer(of_length_one(users), asked.detach().numpy())


def _as_logits(start: VectorScorer, told: Teacher, temperature: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return vectors of the teacher's users and of items, whose products are logits, both of numbers alike in size.

    A user's length changes no ranking, but it does change a softmax, which an order of magnitude too sharp would first unlearn
    what it starts from. So users are as long as it takes to be nearest to the teacher's scores of its first items.
    """
    users = start.users[told.users] * (_scale(start, told) / temperature)[:, None]
    size_of_users, size_of_items = (np.sqrt(np.square(part).mean(axis=0)) for part in (users, start.items))
    is_used = (size_of_users > 0) & (size_of_items > 0)
    balance = np.sqrt(np.where(is_used, size_of_users, 1) / np.where(is_used, size_of_items, 1))
    return (users / balance).astype(np.float32), (start.items * balance).astype(np.float32)


def _scale(start: VectorScorer, told: Teacher) -> NDArray[np.float32]:
    """Return what each user's scores are to be taken times, float32[n], by least squares; the median where that is below 0."""
    found = np.zeros(len(told.users), np.float32)
    step = max(1, _NUMBERS_AT_ONCE // (told.top.shape[1] * start.items.shape[1]))
    for first in range(0, len(found), step):
        rows = slice(first, first + step)
        is_item = told.top[rows] != NOTHING
        items = start.items[np.where(is_item, told.top[rows], 0)]
        own, wanted = (
            _centred(scores, is_item)
            for scores in (np.einsum("ud,ukd->uk", start.users[told.users[rows]], items), told.top_scores[rows])
        )
        squares = np.square(own).sum(axis=1)
        found[rows] = (own * wanted).sum(axis=1) / np.where(squares > 0, squares, 1)
    usual = np.median(found[found > 0]) if (found > 0).any() else 1
    return np.where(found > 0, found, usual).astype(np.float32)


def _centred(scores: NDArray[np.float32], is_item: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return scores less their row's mean, and 0 where there is no item."""
    mean = np.where(is_item, scores, 0).sum(axis=1) / np.maximum(is_item.sum(axis=1), 1)
    return np.where(is_item, scores - mean[:, None], 0)


def _batches(num_users: int, total: int, size: int, generator: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Yield rows of users, every one of them in turn before any comes again."""
    order = np.empty(0, np.int64)
    for _ in range(total):
        if len(order) < min(size, num_users):
            order = generator.permutation(num_users)
        yield order[:size]
        order = order[size:]


def _left(vectors: Tensor, rounded: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Tensor:
    """Return what rounding leaves of vectors, with the gradient of the vectors themselves."""
    return vectors + (torch.from_numpy(rounded(vectors.detach().numpy())) - vectors).detach()


def _cross_entropy(logits: Tensor, wanted: Tensor, met: Tensor) -> Tensor:
    """Return the mean divergence of users' softmaxes over what was not met, but for what does not depend on ``logits``."""
    shares = wanted.masked_fill(met, _MET).softmax(dim=1)
    return -(shares * logits.masked_fill(met, _MET).log_softmax(dim=1)).sum(dim=1).mean()


def _unlike(items: Tensor, like: Tensor) -> Tensor:
    """Return the mean squared error of items' cosines; ``like``: vectors of length one with the cosines that are wanted."""
    unit = functional.normalize(items, dim=1)
    return (unit @ unit.T - like @ like.T).square().mean()
