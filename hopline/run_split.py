"""The interactions of a graph, cleaned and split as those were that a run learnt from."""

from __future__ import annotations

from graph.snapshot import Snapshot
from hopline.errors import EvaluationError
from hopline.run_folder import Run
from hopline.split_config import SplitConfig
from hopline.split_log import Prepared, prepare
from loaders.behaviours import BehavioursConfig
from loaders.clean import CleanConfig


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
