"""What tasks foretell of users and items once training is done: calibrated, and measured on what was held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gnn.tasks import AnyTask, Predictors
from gnn.tasks.task import Vectors
from gnn.train import TrainedModel
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph

Held = Mapping[EdgeType, HeldEdges]


@dataclass(frozen=True)
class Foretelling:
    """Predictors by task, of tasks that foretell something of a pair, and how well they did on validation, by name."""

    predictors: dict[str, Predictors]
    metrics: dict[str, float]


def foretell(validated: TrainedModel, trained: TrainedModel, held: Held) -> Foretelling:
    """Make the predictors of ``trained``, by what ``held`` tells of ``validated``, which has not seen it; it learnt from less.

    The figures are of ``validated``; calibrations are measured on the half of the users that they were not fitted to.
    """
    vectors, before = validated.model.shared_vectors(validated.data), {t.name: t for t in validated.model.each_task()}
    now = trained.model.shared_vectors(trained.data)
    predictors: dict[str, Predictors] = {}
    metrics: dict[str, float] = {}
    for task in trained.model.each_task():
        calibrations = before[task.name].calibrate(vectors, held, validated.data) if task.name in before else {}
        made = task.predictors(now, trained.data, calibrations)
        if not made:
            continue
        predictors[task.name] = made
        if task.name in before:
            metrics |= _measured(before[task.name], vectors, held, validated.data)
    return Foretelling(predictors, metrics)


def measure_all(trained: TrainedModel, predictors: Mapping[str, Predictors], held: Held) -> dict[str, float]:
    """Measure a model's predictors on edges that it has not seen, by name."""
    metrics: dict[str, float] = {}
    for task in trained.model.each_task():
        if task.name in predictors:
            metrics |= task.measure(predictors[task.name], held, trained.data)
    return metrics


def _measured(task: AnyTask, vectors: Vectors, held: Held, data: LearningGraph) -> dict[str, float]:
    halves = [_of_users(held, parity, data) for parity in (0, 1)]
    fitted = [task.calibrate(vectors, half, data) for half in halves]
    if not any(fitted):
        return task.measure(task.predictors(vectors, data, {}), held, data)
    found: dict[str, list[float]] = {}
    for calibrations, other in zip(fitted, reversed(halves), strict=True):
        for name, value in task.measure(task.predictors(vectors, data, calibrations), other, data).items():
            found.setdefault(name, []).append(value)
    return {name: float(np.nanmean(values)) for name, values in found.items() if not np.isnan(values).all()}


def _of_users(held: Held, parity: int, data: LearningGraph) -> dict[EdgeType, HeldEdges]:
    """Return the held-out edges of one half of the users, drawn at random."""
    user = data.schema.user.label
    half = np.random.default_rng(0).permutation(data.graph.num_nodes(user)) % 2 == parity
    return {etype: edges.where(half[edges.source]) for etype, edges in held.items() if etype[0] == user}
