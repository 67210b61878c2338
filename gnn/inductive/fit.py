"""How the student is learnt: least squares over the beginnings of training users' histories.

What a user goes on to meet is foretold from their first 1 to 50 items. An item's features are its likeness to other items, by
two measures, as vectors in the space of those that are served; the likeness is measured each time on users other than those
who are foretold, as it knows what these met, and a sum fitted to it would believe it too much. Linear maps of the features are
the asking vectors. How strongly the maps are held to plain likeness, and by which power of their number events are divided, is
chosen on users held out in the same way. What users are, where that is known, is learnt beside what they did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from gnn.baselines import ItemKNN
from gnn.evaluate import evaluate
from gnn.inductive.histories import Histories
from gnn.inductive.newcomers import Newcomers
from gnn.inductive.student import Student
from gnn.inductive.user_traits import UserTraits
from gnn.vector_scorer import VectorScorer
from graph.event_sum import OF_TRAITS, EventSum

Floats = NDArray[np.float32]

BEGINNINGS = (1, 2, 3, 5, 8, 12, 20, 30, 50)  # numbers of events that the rest is foretold from
JUDGED = (1, 3, 5, 10)  # and those that settings are judged by
SHRINKAGES = (10.0, 100.0)  # of the two measures of likeness: a close one, and one that leans to popular items
NEIGHBOURS = 1000
EXPONENTS = (0.5, 0.75, 1.0)
PENALTIES = (0.003, 0.03, 0.3, 3.0)
TRAIT_PENALTY = 0.03  # of what users are, times the weight of all examples; a tenth and ten times as much did worse
_K = 20
_PARTS = 5  # users are foretold from the likeness that the other parts' users show
_LEAST_USERS = 10
_MOST_USERS = 10_000  # foretold, drawn from all: 16 thousand weights ask for no more
_PASSES = 2
_AT_ONCE = 1 << 18
_IDEAL = np.cumsum(1 / np.log2(np.arange(2, _K + 2)))


@dataclass(frozen=True)
class FittedStudent:
    """A student, the settings that were chosen, and the NDCG@20 of each that was tried, of users held out."""

    student: Student
    exponent: float
    penalty: float
    tried: dict[tuple[float, float], float]


@dataclass(frozen=True)
class _Examples:
    """Beginnings of histories, b of them, with r numbers a vector in the basis of item vectors.

    ``known`` float64[b] is what the items met count together, ``weight`` float64[b] that in the loss, ``features``
    float64[b, 2 r], ``traits`` float64[b, t], what their users are, ``rest`` float64[b, r]: the sum of what was met later. Item
    ``met[i]`` was met in beginning ``of[i]``, int64[m] both.
    """

    known: NDArray[np.float64]
    weight: NDArray[np.float64]
    features: NDArray[np.float64]
    traits: NDArray[np.float64]
    rest: NDArray[np.float64]
    met: NDArray[np.int64]
    of: NDArray[np.int64]


def fit_student(items: Floats, histories: Histories, traits: UserTraits | None = None, seed: int = 0) -> FittedStudent | None:
    """Return the student of item vectors float32[num_items, d]; None where too few users met two items.

    The loss of a beginning is Σ_j (s_j − y_j)² over the items not met in it, y telling what was met later, s the product of the
    user's and the item's vectors; it counts one over the best DCG@20 that the rest could give, so that all count as they do in
    NDCG. Items that were met count neither way: they are given what was foretold of them.
    """
    rng = np.random.default_rng(seed)
    eligible = np.flatnonzero(histories.counts >= 2)
    if len(eligible) < _LEAST_USERS or not np.abs(items).max() > 0:
        return None
    space = _Space.of(items)
    part = rng.integers(0, _PARTS, len(histories.counts))
    users = np.sort(rng.choice(eligible, min(len(eligible), _MOST_USERS), replace=False))
    likeness = [_likeness(histories, np.flatnonzero(part != number), space) for number in range(_PARTS)]
    examples = [_examples(histories, users[part[users] == one], traits, likeness[one], space) for one in range(_PARTS)]
    judges = [some for number in JUDGED if (some := Newcomers.after(histories, users[part[users] == 0], number)) is not None]
    learnt = _joined(examples[1:])
    tried = {}
    for exponent, penalty in product(EXPONENTS, PENALTIES) if judges else ():
        student = space.student(_solve(learnt, space, exponent, penalty), likeness[0], exponent, traits)
        tried[exponent, penalty] = _judge(student, items, judges, traits)
    exponent, penalty = max(tried, key=lambda one: tried[one], default=(EXPONENTS[1], PENALTIES[2]))
    weights = _solve(_joined(examples), space, exponent, penalty)
    everyone = _likeness(histories, np.arange(len(histories.counts)), space)
    return FittedStudent(space.student(weights, everyone, exponent, traits), exponent, penalty, tried)


@dataclass(frozen=True)
class _Space:
    """Item vectors in an orthonormal basis of what they can score, ``items`` float32[num_items, r].

    ``back`` float32[r, d] takes a user's vector in the basis to the space that the items came in.
    """

    items: Floats
    back: Floats

    @classmethod
    def of(cls, items: Floats) -> _Space:
        squares, directions = np.linalg.eigh(items.T.astype(np.float64) @ items)
        used = squares > 1e-9 * squares[-1]
        scaled = directions[:, used] / np.sqrt(squares[used])
        return cls((items @ scaled).astype(np.float32), scaled.T.astype(np.float32))

    def student(self, weights: NDArray[np.float64], features: Floats, exponent: float, traits: UserTraits | None) -> Student:
        """Return what weights, as :func:`_solve` gives them, make of items' features float32[num_items, 2 r], and of traits."""
        told = weights.astype(np.float32) @ self.back
        of_features, of_traits = np.split(told[2:], [features.shape[1]])
        known = None if traits is None else traits.told(of_traits)
        return Student(features @ of_features, EventSum(told[0], told[1], exponent, float(BEGINNINGS[-1]), known))


def _likeness(histories: Histories, users: NDArray[np.int64], space: _Space) -> Floats:
    """Return what items that users met foretell, by each measure of likeness, in the basis: float32[num_items, 2 r]."""
    met = histories.starts(users, histories.counts[users]).tocoo()
    user, item = met.coords[0].astype(np.int64), met.coords[1].astype(np.int64)
    found = [
        ItemKNN(NEIGHBOURS, shrinkage).fit(user, item, len(users), histories.num_items).similarity @ space.items
        for shrinkage in SHRINKAGES
    ]
    return np.hstack(found)


def _examples(
    histories: Histories, users: NDArray[np.int64], traits: UserTraits | None, features: Floats, space: _Space
) -> _Examples:
    """Return all beginnings of the users' histories."""
    counts = histories.counts[users]
    of = [np.flatnonzero(counts > number) for number in BEGINNINGS]
    user = users[np.concatenate(of)]
    number = np.repeat(np.array(BEGINNINGS), [len(rows) for rows in of])
    met = histories.starts(user, number)
    rest = histories.rests(user, number)
    return _Examples(
        known=np.asarray(met.sum(axis=1), np.float64).ravel(),
        weight=1 / _IDEAL[np.minimum(histories.counts[user] - number, _K) - 1],
        features=(met @ features).astype(np.float64),
        traits=np.zeros((len(user), 0)) if traits is None else traits.of(user),
        rest=(rest @ space.items).astype(np.float64),
        met=met.indices.astype(np.int64),
        of=np.repeat(np.arange(len(user)), number),
    )


def _joined(parts: Sequence[_Examples]) -> _Examples:
    starts = np.cumsum([0, *(len(part.known) for part in parts)])
    columns = ("known", "weight", "features", "traits", "rest", "met")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    return _Examples(**joined, of=np.concatenate([part.of + start for part, start in zip(parts, starts, strict=False)]))


def _solve(examples: _Examples, space: _Space, exponent: float, penalty: float) -> NDArray[np.float64]:
    """Return weights float64[2 + 2 r + t, r]: of 1, of the logarithm of what events count, of the features and traits.

    The features' are held, by ``penalty`` times their mean square, to multiples of plain likeness, which are fitted first.
    """
    size = space.items.shape[1]
    divided = examples.features * (np.maximum(examples.known, np.finfo(np.float32).tiny) ** -exponent)[:, None]
    known = np.maximum(examples.known, 1)
    traits = examples.traits * (known**OF_TRAITS)[:, None]
    inputs = np.column_stack([np.ones(len(divided)), np.log(known), divided, traits])
    weighted = inputs * examples.weight[:, None]
    gram = weighted.T @ inputs
    held = np.full(len(gram), 1e-3 * examples.weight.mean())
    held[len(gram) - traits.shape[1] :] = TRAIT_PENALTY * examples.weight.sum()
    for first in range(2, 2 + divided.shape[1], size):
        held[first : first + size] = penalty * np.diag(gram)[first : first + size].mean() + 1e-9
    factor = linalg.cho_factor(gram + np.diag(held))
    wanted = examples.rest
    for _ in range(_PASSES):
        product_ = weighted.T @ wanted
        plain = np.zeros((len(gram), size))
        for number, multiple in enumerate(_multiples(gram, product_, size)):
            np.fill_diagonal(plain[2 + number * size : 2 + (number + 1) * size], multiple)
        weights: NDArray[np.float64] = linalg.cho_solve(factor, product_ + held[:, None] * plain)
        wanted = examples.rest + _met_again(examples, inputs @ weights, space)
    return weights


def _multiples(gram: NDArray[np.float64], product_: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return by how much each measure's likeness is best multiplied, float64[2], beside a free base and slope."""
    free = np.linalg.solve(gram[:2, :2] + 1e-9 * np.eye(2), np.hstack([gram[:2, 2:], product_[:2]]))
    rest = gram[2:, 2:] - gram[2:, :2] @ free[:, : len(gram) - 2]
    target = product_[2:] - gram[2:, :2] @ free[:, len(gram) - 2 :]
    number = len(SHRINKAGES)
    left = np.array([[np.trace(rest[_at(a, size), _at(b, size)]) for b in range(number)] for a in range(number)])
    right = np.array([np.trace(target[_at(a, size)]) for a in range(number)])
    return np.asarray(np.linalg.lstsq(left, right, rcond=1e-9)[0])


def _at(number: int, size: int) -> slice:
    return slice(number * size, (number + 1) * size)


def _met_again(examples: _Examples, users: NDArray[np.float64], space: _Space) -> NDArray[np.float64]:
    """Return what is foretold of the items met, from 0 to 1 each, as the sum of their vectors, float64[b, r]."""
    share = np.empty(len(examples.met), np.float32)
    for first in range(0, len(share), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        share[some] = np.einsum("nd,nd->n", users[examples.of[some]], space.items[examples.met[some]])
    shape = (len(users), len(space.items))
    found: NDArray[np.float64] = (
        sparse.csr_array((np.clip(share, 0, 1), (examples.of, examples.met)), shape=shape) @ space.items
    )
    return found


def _judge(student: Student, items: Floats, judges: Sequence[Newcomers], traits: UserTraits | None) -> float:
    """Return the mean NDCG@20 over numbers of events."""
    found = []
    for some in judges:
        asked = student.vectors(some.known, None if traits is None else traits.rows[some.users])
        found.append(evaluate(VectorScorer(asked, items), some.holdout, ks=(_K,)).metrics[f"ndcg@{_K}"])
    return float(np.mean(found))
