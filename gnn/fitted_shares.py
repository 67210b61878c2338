"""The shares of several models in a sum of their scores, fitted to what users met later.

Of a user u's standardised scores z_m(u, i) by models m, items that u met since are foretold by::

    p(i | u) = softmax over unseen i of Σ_m a_m z_m(u, i),   a_m ≥ 0

a conditional logit, whose likelihood has one maximum: a convex loss in as many numbers as there are models, so a small
validation split fits it without learning it by heart. What ranks are the shares a_m / Σ a; the sum is how sure the softmax is.

Source: McFadden 1974, Conditional logit analysis of qualitative choice behavior; as a sum of log-linear opinions, Genest and
Zidek 1986, Combining probability distributions, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gnn.evaluate import Scorer
from gnn.fuse import standardised
from gnn.holdout import Holdout
from gnn.topk import mask

_SCORES_AT_ONCE = 1 << 24  # of all models: bounds memory to some 200 MB; of more, lists are drawn
_FEWEST_LISTS = 100  # as many are drawn, whatever the number of scores


def fit_shares(scorers: Sequence[Scorer], holdout: Holdout, seed: int = 0) -> NDArray[np.float64] | None:
    """Return each scorer's share, float64[m], 0 or more and together 1; None where no sum tells anything of what was met.

    Each list counts alike, and in it each item that was met.
    """
    rows = _drawn(holdout, len(scorers), seed)
    parts = [
        _part(scorers, holdout, rows[holdout.domain[rows] == number], items)
        for number, items in enumerate(holdout.domains.values())
    ]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        values, gradients = zip(*(part.loss(weights) for part in parts), strict=True)
        return sum(values) / len(rows), np.sum(gradients, axis=0) / len(rows)

    start = np.full(len(scorers), 1 / len(scorers))
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(scorers)).x
    total = weights.sum()
    return weights / total if total > 0 else None


@dataclass(frozen=True)
class _Part:
    """Lists of one domain.

    ``scores`` float32[b, n, m]; ``unseen`` 0 or minus infinity, float32[b, n]; ``met`` float64[b, m], mean scores of what is to
    be found.
    """

    scores: NDArray[np.float32]
    unseen: NDArray[np.float32]
    met: NDArray[np.float64]

    def loss(self, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the sum over lists of minus the mean log-likelihood of what is to be found, and its gradient float64[m]."""
        if not len(self.met):
            return 0.0, np.zeros(len(weights))
        logits = self.scores @ weights.astype(np.float32) + self.unseen
        largest = logits.max(axis=1, keepdims=True)
        odds = np.exp(logits - largest)
        total = odds.sum(axis=1, keepdims=True)
        log_total = (largest + np.log(total))[:, 0].astype(np.float64)
        expected = np.einsum("bn,bnm->bm", odds / total, self.scores).astype(np.float64)
        return float((log_total - self.met @ weights).sum()), (expected - self.met).sum(axis=0)


def _part(scorers: Sequence[Scorer], holdout: Holdout, rows: NDArray[np.int64], items: slice) -> _Part:
    users = holdout.users[rows]
    scores = np.stack([standardised(scorer.score(users))[:, items] for scorer in scorers], axis=-1)
    unseen = np.zeros((len(users), holdout.num_items), np.float32)
    mask(unseen, holdout.seen[users])
    met = np.zeros((len(rows), len(scorers)))
    for place, row in enumerate(rows):
        found = holdout.items[holdout.offsets[row] : holdout.offsets[row + 1]] - items.start
        met[place] = scores[place, found].mean(axis=0)
    return _Part(scores, unseen[:, items], met)


def _drawn(holdout: Holdout, num_models: int, seed: int) -> NDArray[np.int64]:
    """Return lists, all or as many as memory allows, ascending."""
    most = max(_FEWEST_LISTS, _SCORES_AT_ONCE // (holdout.num_items * num_models))
    drawn = np.random.default_rng(seed).permutation(len(holdout.users))[:most]
    return np.sort(drawn)
