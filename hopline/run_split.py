"""The interactions of a graph, cleaned and split as those were that a run learnt from."""

from __future__ import annotations

from gnn.model import TasksConfig
from gnn.watched import ranking_metric
from graph.snapshot import Snapshot
from hopline.errors import EvaluationError, TrainingError
from hopline.run_folder import Run
from hopline.split_config import SplitConfig
from hopline.split_log import Prepared, prepare
from loaders.behaviours import BehavioursConfig
from loaders.clean import CleanConfig


def judged_by(run: Run) -> str:
    """Return the metric that rankings of a run are judged by, such as "ndcg@20"."""
    return ranking_metric(run.config["train"]["metric"], TasksConfig.model_validate(run.config["tasks"]))


def prepare_to_choose(run: Run, snapshot: Snapshot) -> Prepared:
    """Return the same as :func:`prepare_as_run`, of a split by whose validation part something is to be chosen.

    Raises:
        EvaluationError: the graph is no longer the one that was learnt from.
        TrainingError: the split has no validation part.
    """
    prepared = prepare_as_run(run, snapshot)
    if not len(prepared.split_log.split.valid):
        raise TrainingError("the split has no validation part to choose by; give it some ([split] valid in hopline.toml)")
    return prepared


def prepare_as_run(run: Run, snapshot: Snapshot) -> Prepared:
    """Return what the run learnt from, validated on and tested on.

    Raises:
        EvaluationError: the graph is no longer the one that was learnt from.
    """
    prepared = prepare(
        snapshot,
        CleanConfig.model_validate(run.config["clean"]),
        BehavioursConfig.model_validate(run.config["behaviours"]),
        SplitConfig.model_validate(run.config["split"]),
        run.read_at,
    )
    if prepared.interactions != run.interactions:
        raise EvaluationError("the interactions in the graph changed since training; run `hopline train` again")
    return prepared
