"""A finished run's network, read back from its checkpoints with the graph that it learnt from."""

from __future__ import annotations

from pydantic import ValidationError

from gnn.train import TrainedModel, recall
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.errors import TrainingError
from hopline.fit import REFITTED, VALIDATED
from hopline.node_properties import read_properties
from hopline.refitted_graph import refitted_graph
from hopline.run_folder import Run
from hopline.split_log import prepare
from hopline.validated_part import hold_out

_LEARNT_BY = ("model", "tasks", "kge", "train", "clean", "behaviours", "split")


def read_network(run: Run, snapshot: Snapshot, present: Config, on_stage: OnStage) -> tuple[TrainedModel, Snapshot]:
    """Return the network whose vectors the run has, before anything was fused with it, and the snapshot as it was learnt from.

    ``present`` tells where the run is and the code of text encoders; all else is as the run was configured. Where vectors of
    facts are an input (``[kge] input``), they are learnt anew, which takes a while.

    Raises:
        TrainingError: the graph changed since, the run's checkpoints are gone, or it was fused of several.
    """
    if run.fused_id is not None:
        raise TrainingError(
            f"the run in {present.run_folder} is fused of {' and '.join(run.fused['of'])}, and has no network of its own; ask "
            "one of these (HOPLINE_RUN_FOLDER)"
        )
    config = _as_run(run, present)
    prepared = prepare(snapshot, config.clean, config.behaviours, config.split, run.read_at)
    trained = None
    if prepared.interactions == run.interactions:
        if config.train.refit:
            properties = read_properties(prepared.snapshot, config, lambda _report: None)
            data = refitted_graph(prepared, properties, config, on_stage)
            folder = config.run_folder / REFITTED
            trained = recall(data, config.model, config.tasks, config.train, folder=folder, epochs=run.best_epoch)
        else:
            part = hold_out(prepared, config, on_stage, lambda _report: None)
            folder = config.run_folder / VALIDATED
            trained = recall(part.data, config.model, config.tasks, config.train, folder=folder, validation=part.validation)
    if trained is None:
        raise TrainingError(
            f"the network of the run in {config.run_folder} cannot be used: the graph changed since training, or its "
            "checkpoints are gone; run `hopline train` again"
        )
    return trained, prepared.snapshot


def _as_run(run: Run, present: Config) -> Config:
    try:
        return present.changed({name: type(getattr(present, name)).model_validate(run.config[name]) for name in _LEARNT_BY})
    except (KeyError, ValidationError) as error:
        raise TrainingError(
            f"the run in {present.run_folder} does not tell how it was configured ({error!r}); run `hopline train` again"
        ) from error
