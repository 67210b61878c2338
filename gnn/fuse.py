"""Several models as one: their scores added up, and the sum as one vector a node.

A linear model of items, a matrix factorisation and a graph network err on different users. Their scores are brought to one
scale, user by user, and added; the sum is then factorised, so that it is vectors again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gnn.compress.config import DistilConfig
from gnn.evaluate import Evaluation, Scorer, evaluate
from gnn.holdout import Holdout
from gnn.vector_scorer import VectorScorer, of_length_one

_SCORES_AT_ONCE = 1 << 22
_SPARE_DIMENSIONS = 16  # beyond those wanted, which make the subspace nearly the best one
_PASSES = 4


class FuseConfig(BaseModel):
    """What the network's scores are fused with: ``[fuse]``.

    The shares are those that did best, of a few tried, on held-out fifths of the train and valid splits of two data sets.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ease: float = Field(default=0.05, ge=0, le=1, description="share of EASE, a linear model in closed form; 0: without")
    ials: float = Field(default=0.2, ge=0, le=1, description="share of iALS, a matrix factorisation; 0: without")
    item_knn: float = Field(default=0.0, ge=0, le=1, description="share of ItemKNN, cosines of items; 0: without")
    rp3beta: float = Field(default=0.0, ge=0, le=1, description="share of RP3beta, walks of three steps; 0: without")
    nearby_ease: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share in EASE's place of NearbyEASE, to which items that a user met at other times tell less of each "
        "other; tried where there are times and EASE has a share, taken where better on validation for sure; 0: not tried",
    )
    social_knn: float = Field(
        default=0.04,
        ge=0,
        le=1,
        description="share of SocialKNN, what a user's friends met, beside other models; where the graph has ties between "
        "users, unless validation is better without for sure; 0: without",
    )
    scales: tuple[float, ...] = Field(
        default=(0.0, 0.5, 2.0),
        description="what all shares are tried times, beside 1; taken where better on validation for sure",
    )
    fitted: bool = Field(
        default=True,
        description="also try shares that are fitted to validation, the network's too; taken where better for sure",
    )

    size: int = Field(
        default=32, ge=1, description="numbers a vector that the sum is distilled into; the network's where those are fewer"
    )
    distil: DistilConfig = DistilConfig()
    max_scores: int = Field(
        default=200_000_000,
        ge=1,
        description="users times items up to which models are fused: every one of them is scored some twenty times",
    )
    lengths: tuple[float, ...] = Field(
        default=(0.05, 0.1, 0.2),
        description="beyond max_scores: powers of how often an item was met that its vector's length is tried times; taken "
        "where better on validation for sure",
    )

    def is_too_much(self, num_users: int, num_items: int) -> bool:
        """Whether there are too many users and items for every one of each to be scored some twenty times, as fusing does."""
        return num_users * num_items > self.max_scores

    @model_validator(mode="after")
    def _shares_and_powers_make_sense(self) -> FuseConfig:
        shares = self.ease + self.ials + self.item_knn + self.rp3beta + self.social_knn
        if min(self.scales, default=0) < 0 or max((1.0, *self.scales)) * shares >= 1:
            raise ValueError("scales must be 0 or more, and the largest times all shares together below 1")
        if self.ease and shares - self.ease + self.nearby_ease >= 1:
            raise ValueError("nearby_ease, which is tried in EASE's place, and all other shares together must be below 1")
        if min(self.lengths, default=1) <= 0:
            raise ValueError("lengths must be above 0; leave them all out, lengths = [], to keep vectors as long as they are")
        return self


class Fused:
    """The weighted sum of models' standardised scores, a scorer.

    A user's scores by one model are standardised over all items, mean 0 and deviation 1, so that weights mean the same for
    every model and user. Scores that are all the same, as of a user whom a model knows nothing of, count nothing.
    """

    def __init__(self, members: Sequence[tuple[Scorer, float]]) -> None:
        self.members = list(members)

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, num_items]."""
        total = sum(np.float32(weight) * standardised(member.score(user_index)) for member, weight in self.members)
        return np.asarray(total, np.float32)


def standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each row, float32[b, n], less its mean, by its deviation; zeros for one of equal scores."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis=1, keepdims=True))
    # Rounding leaves a trace of deviation where there is none.
    usable = deviation > 1e-6 * np.abs(scores).max(axis=1, keepdims=True)
    found: NDArray[np.float32] = np.where(usable, centred / np.where(usable, deviation, 1), 0).astype(np.float32)
    return found


@dataclass(frozen=True)
class Choice:
    """The name of what was taken, and the metric of each that was tried."""

    taken: str
    tried: Mapping[str, float]


def choose(scorers: Mapping[str, Scorer], usual: str, holdout: Holdout, metric: str) -> Choice:
    """Return which scorer is best by ``metric``, such as "ndcg@20", if it is better than the ``usual`` one for sure.

    See :func:`choose_evaluated` for what that is.
    """
    k = int(metric.partition("@")[2])
    return choose_evaluated({name: evaluate(scorers[name], holdout, ks=(k,)) for name in sorted(scorers)}, usual, metric)


def choose_evaluated(found: Mapping[str, Evaluation], usual: str, metric: str) -> Choice:
    """Return which of several evaluations on one holdout is best, if it is better than the ``usual`` one for sure.

    Sums are alike, and a validation split is small: another one must gain more than twice the standard error of its gain, a
    mean over users, or the usual one stays.
    """
    tried = {name: evaluation.metrics[metric] for name, evaluation in found.items()}
    best = max(tried, key=lambda name: tried[name])
    gain = gain_of(found[best], found[usual], metric)
    return Choice(best if gain.is_sure else usual, tried)


@dataclass(frozen=True)
class Gain:
    """How much better one of two evaluations is, a mean over ``num_users`` users, and the standard ``error`` of that."""

    mean: float
    error: float
    num_users: int

    @classmethod
    def of(cls, per_user: NDArray[np.float64]) -> Gain:
        """Return the mean of what each user gains, float64[n], and its error."""
        spread = per_user.std(ddof=1) if len(per_user) > 1 else 0.0
        return cls(float(per_user.mean()), float(spread / np.sqrt(len(per_user))), len(per_user))

    @property
    def is_sure(self) -> bool:
        """Whether it is above 0 by more than chance, which one user does not tell."""
        return self.num_users > 1 and self.mean > 2 * self.error


def gain_of(one: Evaluation, usual: Evaluation, metric: str) -> Gain:
    """Return what one gains over the usual one by ``metric``, both evaluated on the same holdout."""
    return Gain.of(one.per_user[metric] - usual.per_user[metric])


def factorise(scorer: Scorer, num_users: int, num_items: int, size: int, seed: int = 0) -> VectorScorer:
    """Return vectors of ``size`` numbers whose products are as near to a scorer's scores as such vectors can be, in squares.

    Users' vectors are of length one, as a user's length changes no ranking; a user whose scores are all 0 gets zeros. The
    products of items' vectors are those of their columns of scores, so that two are close whose scores are alike for all users.
    Time is that of scoring all users five times, memory that of some users' scores and of the vectors.

    Source: Halko, Martinsson & Tropp 2011, Finding structure with randomness (arXiv:0909.4061), algorithm 4.4, subspace
    iteration on the smaller product SᵀS.
    """
    width = min(size + _SPARE_DIMENSIONS, num_items)
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((num_items, width)).astype(np.float32))[0]
    for _ in range(_PASSES):
        image = np.zeros_like(basis)
        for scores in _blocks(scorer, num_users, num_items):
            image += scores.T @ (scores @ basis)
        basis = np.linalg.qr(image)[0]
    users = np.concatenate([scores @ basis for scores in _blocks(scorer, num_users, num_items)])
    squares, directions = np.linalg.eigh((users.T @ users).astype(np.float64))
    largest = directions[:, ::-1][:, :size].astype(np.float32)
    deviation = np.sqrt(np.maximum(squares[::-1][:size], 0)).astype(np.float32)
    is_empty = deviation <= 1e-6 * deviation[0]
    users = np.where(is_empty, 0, users @ largest / np.where(is_empty, 1, deviation))
    items = basis @ largest * deviation
    if users.shape[1] < size:
        missing = ((0, 0), (0, size - users.shape[1]))
        users, items = np.pad(users, missing), np.pad(items, missing)
    return VectorScorer(of_length_one(users.astype(np.float32)), items)


def _blocks(scorer: Scorer, num_users: int, num_items: int) -> Iterator[NDArray[np.float32]]:
    step = max(1, _SCORES_AT_ONCE // max(1, num_items))
    for first in range(0, num_users, step):
        yield scorer.score(np.arange(first, min(first + step, num_users)))
