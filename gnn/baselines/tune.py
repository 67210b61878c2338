"""Choose a baseline's hyper-parameters on validation pairs; the test pairs never come in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from time import perf_counter

import numpy as np

from gnn.baselines.baseline import Baseline
from gnn.errors import EvaluationError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions


@dataclass(frozen=True)
class Trial:
    """One setting that was tried: the constructor's arguments, figures on validation, seconds to fit."""

    params: dict[str, float]
    metrics: dict[str, float]
    fit_s: float


@dataclass(frozen=True)
class Tuning:
    """Every trial in the grid's order, and the best one by ``metric`` (the earliest of equals)."""

    metric: str
    best: Trial
    trials: tuple[Trial, ...]


def tune(
    baseline: type[Baseline],
    train: Interactions,
    valid: Interactions,
    metric: str = "ndcg@20",
    most_users: int = 5_000,
    grid: Mapping[str, Sequence[float]] | None = None,
) -> Tuning:
    """Fit ``baseline`` on ``train`` with each setting of a ``grid``, None: its own, and rank for the users of ``valid``.

    At most ``most_users`` of these users are ranked for, so that ranking takes bounded time: the same ones with every setting,
    drawn at random with a fixed seed. Refit with ``baseline(**tuning.best.params)`` on train and valid together before testing.

    Raises:
        EvaluationError: ``metric`` is not a name of an evaluation, such as "ndcg@20".
    """
    _, _, k = metric.partition("@")
    if not k.isdecimal():
        raise EvaluationError(f'got metric {metric!r}; expected a name and a k, such as "ndcg@20". Name it so.')
    holdout = Holdout(train, _of_some_users(valid, most_users))
    trials: list[Trial] = []
    tried = baseline.GRID if grid is None else grid
    for values in product(*tried.values()):
        params = dict(zip(tried, values, strict=True))
        started = perf_counter()
        model = baseline(**params)
        model.fit(train.user_index, train.item_index, train.num_users, train.num_items, train.value, train.time)
        fit_s = perf_counter() - started
        trials.append(Trial(params, evaluate(model, holdout, ks=(int(k),)).metrics, fit_s))
    if metric not in trials[0].metrics:
        raise EvaluationError(f"got metric {metric!r}; expected one of {sorted(trials[0].metrics)}. Choose one of them.")
    return Tuning(metric, max(trials, key=lambda trial: trial.metrics[metric]), tuple(trials))


def _of_some_users(pairs: Interactions, most: int) -> Interactions:
    users = np.unique(pairs.user_index)
    if len(users) <= most:
        return pairs
    rows = np.isin(pairs.user_index, np.random.default_rng(0).choice(users, most, replace=False))
    value = None if pairs.value is None else pairs.value[rows]
    time = None if pairs.time is None else pairs.time[rows]
    return replace(pairs, user_index=pairs.user_index[rows], item_index=pairs.item_index[rows], value=value, time=time)
