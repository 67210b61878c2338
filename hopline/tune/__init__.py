"""Searches the configuration of training that is best on validation; the test split has no part in it."""

from hopline.tune.report import OnTrial, Progress, Tried, TuningReport
from hopline.tune.tune import DEFAULT_TRIALS, tune

__all__ = ["DEFAULT_TRIALS", "OnTrial", "Progress", "Tried", "TuningReport", "tune"]
