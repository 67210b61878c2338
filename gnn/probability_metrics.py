"""How good probabilities are: in which order they put what happened and what did not, and whether they are true."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

_BINS = 15


def auc(score: NDArray[np.floating], happened: NDArray[np.bool_]) -> float:
    """Return the probability that what happened scores above what did not, ties counted half; NaN with one class only.

    Source: Mann & Whitney 1947, whose U statistic it is, over the product of the classes' sizes.
    """
    num_true = int(happened.sum())
    num_false = len(happened) - num_true
    if not num_true or not num_false:
        return float("nan")
    above = rankdata(score)[happened].sum() - num_true * (num_true + 1) / 2
    return float(above / (num_true * num_false))


def log_loss(probability: NDArray[np.floating], happened: NDArray[np.bool_]) -> float:
    """Return the mean negative log-likelihood, in nats."""
    likely = np.clip(np.where(happened, probability, 1 - probability), 1e-7, 1)
    return float(-np.log(likely).mean())


def calibration_error(probability: NDArray[np.floating], happened: NDArray[np.bool_]) -> float:
    """Return how far probabilities are from the rates they foretell: the mean gap over bins of as many pairs each.

    Source: Naeini et al. 2015, Obtaining well calibrated probabilities using Bayesian binning (AAAI), the expected calibration
    error, here with bins of equal counts.
    """
    order = np.argsort(probability, kind="stable")
    gaps = [
        len(rows) * abs(float(probability[rows].mean()) - float(happened[rows].mean()))
        for rows in np.array_split(order, _BINS)
        if len(rows)
    ]
    return sum(gaps) / max(1, len(order))


def f1(probability: NDArray[np.floating], happened: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall where what is likelier than not is foretold."""
    foretold = probability >= 0.5
    hits = int((foretold & happened).sum())
    return 2 * hits / max(1, int(foretold.sum()) + int(happened.sum()))


def probability_metrics(probability: NDArray[np.floating], happened: NDArray[np.bool_]) -> dict[str, float]:
    """Return all of them by name."""
    return {
        "auc": auc(probability, happened),
        "f1": f1(probability, happened),
        "log_loss": log_loss(probability, happened),
        "ece": calibration_error(probability, happened),
    }
