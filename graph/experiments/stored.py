"""The records of experiments in the graph."""

from __future__ import annotations

from cypher import load
from graph.database import Database
from graph.errors import NotFoundError
from graph.experiments.experiment import Experiment, Variant
from graph.question import Row


def list_experiments(database: Database) -> list[Experiment]:
    """Return all experiments, the newest first."""
    return [stored_experiment(row) for row in database.read(load("experiments/read_experiments"))]


def read_experiment(database: Database, name: str | None = None) -> Experiment:
    """Return an experiment by its name; None: the one that runs.

    Raises:
        NotFoundError: there is none of this name, or none runs.
    """
    found = list_experiments(database)
    for experiment in found:
        if experiment.name == name or (name is None and experiment.is_running):
            return experiment
    names = [experiment.name for experiment in found]
    what = "no experiment runs" if name is None else f"there is no experiment {name!r}"
    raise NotFoundError(
        f"{what}; there are {names}" if names else f"{what}, and there was none; `hopline experiment start` begins one"
    )


def stored_experiment(row: Row) -> Experiment:
    """Return an experiment as its record tells of it."""
    of = row["properties"]
    variants = zip(of["variants"], of["releases"], of["shares"], strict=True)
    return Experiment(
        name=of["name"],
        variants=tuple(Variant(*variant) for variant in variants),
        salt=of["salt"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        winner=of.get("winner"),
        is_running=row["is_running"],
    )
