"""Scenarios: named sets of tasks and item domains. What next is, for each, another question to the same vectors.

A scenario's order is the weighted sum of what its tasks say of the candidates, each spread to mean 0 and deviation 1 among
them: the model's score, a probability of a click and a rating have no unit in common. Only the order of ``ranking`` goes down
to all items, as there is an index of it; so the candidates are its best.

Source: Montague and Aslam 2001, Relevance score normalization for metasearch (CIKM), "ZMUV", with weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from graph.errors import NotFoundError, QuestionError, ReleaseError, SchemaError
from graph.pair_predictor import PairPredictor
from graph.schema import Schema
from graph.task_vectors import PairPredictors

RANKING = "ranking"
ScenarioTask = Literal["ranking", "click", "conversion", "rating"]
"""Tasks that a scenario can weigh: the one whose vectors are indexed, and those that foretell something of a pair."""


class Scenario(BaseModel):
    """Which items, and what they are ordered by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domains: tuple[str, ...] = Field(
        default=(),
        description="labels of its items, the first that which is meant where none is named; none: those of all domains",
    )
    weights: dict[ScenarioTask, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        min_length=1, description="what each task counts in the order: ranking, click, conversion, rating"
    )


Scenarios = Mapping[str, Scenario]


@dataclass(frozen=True)
class AskedScenario:
    """A scenario that a question names; ``domains`` are at least one, ``weights`` by task."""

    name: str
    domains: tuple[str, ...]
    weights: Mapping[ScenarioTask, float]

    def domain(self, label: str | None) -> str:
        """Return the domain that is asked for; None: the scenario's first.

        Raises:
            QuestionError: it is none of the scenario's.
        """
        if label is None:
            return self.domains[0]
        if label not in self.domains:
            raise QuestionError(f"the scenario {self.name!r} is of {list(self.domains)}; got the domain {label!r}")
        return label

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks beside the ranking that it weighs."""
        return tuple(task for task in self.weights if task != RANKING)


def asked_scenario(name: str, scenarios: Scenarios, schema: Schema) -> AskedScenario:
    """Return the scenario of a name.

    Raises:
        NotFoundError: none is declared by this name.
        SchemaError: it names a domain that the graph does not have.
    """
    if name not in scenarios:
        raise NotFoundError(
            f"there is no scenario {name[:100]!r}; [ask.scenarios] of hopline.toml declares {sorted(scenarios)}"
        )
    one = scenarios[name]
    try:
        labels = tuple(schema.domain(label).label for label in one.domains or (item.label for item in schema.items))
    except SchemaError as error:
        raise SchemaError(f"the scenario {name!r} of [ask.scenarios]: {error}") from error
    return AskedScenario(name, labels, one.weights)


def predictors_for(scenarios: Scenarios, schema: Schema, predictors: PairPredictors, labels: list[str]) -> PairPredictors:
    """Return those predictors that scenarios ask for, of the domains ``labels`` that a release has.

    Raises:
        SchemaError: a scenario names a domain that the graph does not have.
        ReleaseError: it weighs a task that was not learnt of one of its domains.
    """
    found: dict[str, dict[str, PairPredictor]] = {}
    for asked in (asked_scenario(name, scenarios, schema) for name in scenarios):
        for task in asked.tasks:
            learnt = predictors.get(task, {})
            for label in asked.domains:
                if label in labels and label not in learnt:
                    raise ReleaseError(_not_learnt(asked.name, task, label, list(learnt)))
                if label in labels:
                    found.setdefault(task, {})[label] = learnt[label]
    return found


def _not_learnt(scenario: str, task: str, label: str, learnt: list[str]) -> str:
    if learnt:
        return (
            f"the scenario {scenario!r} weighs the task {task!r}, which was learnt of {learnt} and not of {label!r}; name its "
            "domains in [ask.scenarios], or leave the task out"
        )
    return (
        f"the scenario {scenario!r} weighs the task {task!r}, which this model did not learn; ask for it by a section "
        f"[tasks.{task}] in hopline.toml, which may be empty, and run `hopline train`, or leave it out of [ask.scenarios]"
    )
