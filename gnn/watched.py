"""The figure of validation that decides which epoch was best, by the name that it is configured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from gnn.errors import TrainingError
from gnn.metrics import METRICS
from gnn.model import TasksConfig
from gnn.tasks import TaskConfig

_LOWER_IS_BETTER = ("rmse", "mae")


@dataclass(frozen=True)
class Watched:
    """One figure; ``key``: its name among an epoch's metrics, such as "ndcg@20" or "click/auc"."""

    key: str

    @property
    def is_of_ranking(self) -> bool:
        """Whether it is one of rankings, measured over whole catalogues."""
        return "/" not in self.key

    def gain(self, metrics: Mapping[str, float]) -> float:
        """Return the figure so that more is better.

        Raises:
            TrainingError: validation has nothing to measure it on.
        """
        if self.key not in metrics:
            raise TrainingError(
                f"train.metric asks for {self.key.replace('/', '.')}, and nothing of what is held out measures it; what is "
                f"measured is {', '.join(name.replace('/', '.') for name in metrics)}: name one of these"
            )
        value = metrics[self.key]
        return -value if self.key.partition("/")[2] in _LOWER_IS_BETTER else value


def watched(metric: str, tasks: TasksConfig) -> Watched:
    """Return what ``train.metric`` stands for: "ndcg@20", "click.auc", or a task by its name for the metric it declares.

    Raises:
        TrainingError: no such task or metric, or a task that is not learnt.
    """
    if cutoff(metric):
        return Watched(metric)
    asked = {task.name: config for task, config in tasks.asked().items()}
    name, _, figure = metric.partition(".")
    if name not in asked:
        known = [*(f"{one}@k" for one in METRICS), *(f"{one}.{of}" for one, c in asked.items() for of in metrics_of(c))]
        missing = f": [tasks.{name}] is not learnt" if name in TasksConfig.model_fields else ""
        raise TrainingError(f"train.metric is {metric!r}{missing}; expected one of {', '.join(known)}, or a task's name")
    config = asked[name]
    figure = figure or config.metric
    if name == "ranking":
        if not cutoff(figure):
            raise TrainingError(f"train.metric is {metric!r}; expected one of {', '.join(METRICS)}, and a cut-off: 'ndcg@20'")
        return Watched(figure)
    if figure not in metrics_of(config):
        raise TrainingError(f"train.metric is {metric!r}; the metrics of {name} are {', '.join(metrics_of(config))}")
    return Watched(f"{name}/{figure}")


def ranking_metric(metric: str, tasks: TasksConfig) -> str:
    """Return what rankings are judged by: ``train.metric`` where it is one of theirs, else the metric that ranking declares.

    Raises:
        TrainingError: as :func:`watched`.
    """
    found = watched(metric, tasks)
    return found.key if found.is_of_ranking else watched("ranking", tasks).key


def metrics_of(config: TaskConfig) -> tuple[Any, ...]:
    """Return the names of what a task is measured by; none for those that are not to be listed, as any cut-off will do."""
    return get_args(type(config).model_fields["metric"].annotation)


def cutoff(metric: str) -> int:
    """Return the k of a ranking metric such as ``ndcg@20``; 0 for what is none."""
    name, _, k = metric.partition("@")
    return int(k) if name in METRICS and k.isdecimal() else 0
