"""Scores made true probabilities: a logistic regression on pairs that were held out from training.

Few held-out pairs tell little, and what was learnt from them must hold for a model that is trained again on more. So inputs are
in natural units, log odds and logs of counts, not scaled by how they happen to vary; and each coefficient begins at what leaves
the model's log odds as they are, from where it moves as far as the pairs are many (a normal prior of variance 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit


@dataclass(frozen=True)
class Calibration:
    """The log odds are ``bias + features · weight``; ``weight``: float64[f]."""

    bias: float
    weight: NDArray[np.float64]

    def log_odds(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map float[n, f] to float64[n]."""
        odds: NDArray[np.float64] = self.bias + features @ self.weight
        return odds


def fit_calibration(features: NDArray[np.floating], happened: NDArray[np.bool_]) -> Calibration | None:
    """Fit to ``features``, float[n, f], of pairs, bool[n]; None with one class only, of which nothing can be learnt.

    The first feature is the model's log odds, the others are what else tells of the odds, about 0.

    Source: Platt 1999, Probabilistic outputs for support vector machines, with more than the score as its input.
    """
    if happened.all() or not happened.any():
        return None
    inputs = np.column_stack([np.ones(len(features)), features.astype(np.float64)])
    sign = np.where(happened, 1.0, -1.0)
    prior = np.append([0.0, 1.0], np.zeros(inputs.shape[1] - 2))
    penalty = np.append(0.0, np.full(inputs.shape[1] - 1, 1 / len(sign)))

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin, moved = sign * (inputs @ weight), weight - prior
        gradient = -(inputs.T @ (sign * expit(-margin))) / len(sign) + penalty * moved
        return float(np.logaddexp(0, -margin).mean() + 0.5 * (penalty * moved**2).sum()), gradient

    found = minimize(loss, prior, jac=True, method="L-BFGS-B").x
    return Calibration(float(found[0]), found[1:])
