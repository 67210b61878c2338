"""Scores made true probabilities: a logistic regression on pairs that were held out from training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

_RIDGE = 1e-3  # a mean loss's worth of penalty on coefficients of standardised features


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

    Source: Platt 1999, Probabilistic outputs for support vector machines, with more than the score as its input.
    """
    if happened.all() or not happened.any():
        return None
    mean = features.mean(axis=0).astype(np.float64)
    scale = np.where(features.std(axis=0) > 1e-9, features.std(axis=0), 1.0).astype(np.float64)
    inputs = np.column_stack([np.ones(len(features)), (features - mean) / scale])
    sign = np.where(happened, 1.0, -1.0)
    penalty = np.append(0.0, np.full(inputs.shape[1] - 1, _RIDGE))

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (inputs @ weight)
        gradient = -(inputs.T @ (sign * expit(-margin))) / len(sign) + penalty * weight
        return float(np.logaddexp(0, -margin).mean() + 0.5 * (penalty * weight**2).sum()), gradient

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x
    weight = found[1:] / scale
    return Calibration(float(found[0] - mean @ weight), weight)
