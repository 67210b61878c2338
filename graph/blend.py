"""The order of a scenario's candidates: what its tasks say of each, spread alike among them, weighed and summed.

See ``graph.scenario`` for the formula and its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from graph.answers import ScoredItem
from graph.releases import Release
from graph.scenario import RANKING, AskedScenario
from graph.task_vectors import StoredTask

LEAST_POOL = 100
"""Candidates that are ordered, at the least; ``graph.chosen`` takes more where an answer is long."""


@dataclass(frozen=True)
class Blend:
    """A scenario, and what a release has of its tasks; ``tasks`` are in the order of its weights, without the ranking."""

    scenario: AskedScenario
    release: Release
    tasks: tuple[StoredTask, ...]

    @classmethod
    def of(cls, scenario: AskedScenario, release: Release, label: str) -> Blend:
        """Return that of a domain.

        Raises:
            NotFoundError: the release does not have one of the tasks.
        """
        return cls(scenario, release, tuple(release.task(task, label) for task in scenario.tasks))

    @property
    def properties(self) -> list[str]:
        """Names of the properties with what tasks tell, on users and on items."""
        return [self.release.name + task.suffix for task in self.tasks]

    def knows(self, of_user: Sequence[bytes | None] | None) -> bool:
        """Return whether the tasks tell something of a user, by what the properties hold."""
        return of_user is not None and all(told is not None and any(told) for told in of_user)

    def figures(
        self, scores: Sequence[float], of_user: Sequence[bytes | None], of_items: Sequence[Sequence[bytes | None]]
    ) -> NDArray[np.float64]:
        """Return what each of t weighed tasks says of n items, float64[n, t]; NaN where a task says nothing.

        ``scores`` are the model's, ``of_user`` and each of ``of_items`` what the properties hold.

        Raises:
            ReleaseError: they hold something else.
        """
        found = {RANKING: np.asarray(scores, np.float64)}
        for place, task in enumerate(self.tasks):
            found[task.task] = task.figures(of_user[place], [of_item[place] for of_item in of_items]).astype(np.float64)
        return np.column_stack([found[task] for task in self.scenario.weights])

    def weigh(self, figures: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted sum of n items' figures, float64[n], spread as those ``among``, float64[m, t], are to 0 and 1.

        Where a task says nothing of an item, it is as the mean of those of which it does.
        """
        weights = np.asarray(list(self.scenario.weights.values()), np.float64)
        is_told = ~np.isnan(among)
        number = np.maximum(is_told.sum(axis=0), 1)
        mean = np.where(is_told, among, 0).sum(axis=0) / number
        deviation = np.sqrt((np.where(is_told, among - mean, 0) ** 2).sum(axis=0) / number)
        spread = (figures - mean) / np.where(deviation > 0, deviation, 1)
        summed: NDArray[np.float64] = np.nan_to_num(spread, nan=0.0) @ weights
        return summed

    def scored(self, items: Sequence[ScoredItem], figures: NDArray[np.float64], among: NDArray[np.float64]) -> list[ScoredItem]:
        """Return items with the weighted sum as their score, and what it was made of."""
        tasks = list(self.scenario.weights)
        return [
            replace(item, score=score, scores={task: value for task, value in zip(tasks, row, strict=True) if not isnan(value)})
            for item, score, row in zip(items, self.weigh(figures, among).tolist(), figures.tolist(), strict=True)
        ]


def lacking(scenario: AskedScenario, release: Release) -> list[str]:
    """Return what a scenario weighs and a release does not have, such as "click of Film"; nothing of domains that it lacks."""
    there = {(one.task, one.label) for one in release.tasks}
    labels = [label for label in scenario.domains if label in {domain.label for domain in release.domains}]
    return [f"{task} of {label}" for label in labels for task in scenario.tasks if (task, label) not in there]
