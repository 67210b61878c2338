"""The search: trial after trial until there are enough of them, or the time is up."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from statistics import median

from optuna import TrialPruned

from gnn.checkpoint import EpochRecord
from gnn.train import OnStep
from gnn.watched import watched
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.errors import ConfigError, HoplineError, TrainingError
from hopline.node_properties import OnFeatures
from hopline.split_log import prepare
from hopline.tune.objective import Objective
from hopline.tune.report import OnTrial, Progress, Tried, TuningReport
from hopline.tune.settings import Settings, by_section
from hopline.tune.space import Space, search_space
from hopline.tune.study import FILE, Candidate, Study, open_study
from hopline.validated_part import check_learnable

FOLDER = "tune"  # in the run's folder
DEFAULT_TRIALS = 40
_HOPELESS = 5  # trials that fail, all of them, before it is given up


def tune(
    snapshot: Snapshot,
    config: Config,
    read_at: int,
    *,
    trials: int | None,
    minutes: float | None,
    metric: str | None,
    on_stage: OnStage,
    on_features: OnFeatures,
    on_step: OnStep,
    on_trial: OnTrial,
) -> TuningReport:
    """Try configurations until ``trials`` ended, those of earlier calls counted, or none can begin within ``minutes``.

    With neither, there are :data:`DEFAULT_TRIALS`; with ``minutes`` alone, as many as there is time for. Each is trained on the
    train split and measured on the validation split by ``metric`` (None: the configuration's), as its vectors would be served.
    The present configuration comes first. Trials are kept in the run's folder, by what they depend on, so that another
    call goes on where this one was.

    Raises:
        ConfigError: fewer than one trial, or no time.
        InputError: the graph cannot be cleaned or split as configured.
        FeatureError: a text encoder that cannot be used.
        TrainingError: an unknown metric, nothing to learn from or to validate on, or every trial failed.
    """
    if trials is not None and trials < 1:
        raise ConfigError(f"got {trials} trials; expected 1 or more, the first of which is the present configuration")
    if minutes is not None and not minutes > 0:
        raise ConfigError(f"got {minutes:g} minutes to tune in; expected more than 0")
    wanted = DEFAULT_TRIALS if trials is None and minutes is None else trials
    base = config if metric is None else config.changed({"train": {"metric": metric}})
    watched(base.train.metric, base.tasks)
    prepared = prepare(snapshot, base.clean, base.behaviours, base.split, read_at)
    if prepared.cleaning.summary():
        on_stage(prepared.cleaning.summary(), 0, 0)
    check_learnable(prepared, base)
    objective = Objective(prepared, base, on_stage, on_features)
    space = search_space(base, objective.data, objective.fused_with)
    folder = base.run_folder / FOLDER
    warm_up = base.train.patience * base.train.validate_every
    with open_study(folder, _name(objective, base, space), space, base.train.seed, warm_up) as study:
        found = study.trials()
        if found:
            on_stage(f"trials done before: {len(found)}, in {folder / FILE}", 0, 0)
        clock = _Clock(minutes)
        while clock.allows(done := len(study.trials()), wanted) and not _is_hopeless(study.trials()):
            candidate = study.ask()
            tried = _try(study, candidate, objective, base, on_step)
            clock.spent(tried.seconds)
            so_far = study.trials()
            on_trial(tried, Progress(len(so_far), wanted, _best(so_far), clock.left_s(done + 1, wanted)))
        return _report(study, space, base, config, new=len(study.trials()) - len(found))


class _Clock:
    """How much time there is, and how long trials take."""

    def __init__(self, minutes: float | None) -> None:
        self._ends = None if minutes is None else time.monotonic() + 60 * minutes
        self._seconds: list[float] = []

    def allows(self, done: int, wanted: int | None) -> bool:
        """Whether another trial may begin. One does in any time, so that there is something to tell."""
        if wanted is not None and done >= wanted:
            return False
        return not done or self._ends is None or time.monotonic() < self._ends

    def spent(self, seconds: float) -> None:
        self._seconds.append(seconds)

    def left_s(self, done: int, wanted: int | None) -> float | None:
        left = [] if self._ends is None else [max(0.0, self._ends - time.monotonic())]
        if wanted is not None:
            left.append((wanted - done) * median(self._seconds))
        return min(left, default=None)


def _try(study: Study, candidate: Candidate, objective: Objective, base: Config, on_step: OnStep) -> Tried:
    decides = watched(base.train.metric, base.tasks)

    def on_epoch(record: EpochRecord) -> None:
        if record.metrics and candidate.falls_behind(record.epoch, decides.gain(record.metrics)):
            raise TrialPruned

    try:
        measured = objective.measure(base.changed(by_section(candidate.settings)), on_step, on_epoch)
    except TrialPruned:
        return study.prune(candidate)
    except (HoplineError, MemoryError) as error:
        return study.fail(candidate, str(error) or "there was not enough memory")
    except BaseException:
        study.forget(candidate)
        raise
    return study.complete(candidate, measured)


def _report(study: Study, space: Space, base: Config, config: Config, new: int) -> TuningReport:
    trials, path = study.trials(), config.run_folder / FOLDER / FILE
    best = _best(trials)
    if best is None:
        raise TrainingError(
            f"all {len(trials)} trials failed, and the configuration is as it was. The first: {trials[0].why}. Once that is "
            f"mended, delete {path} and try again"
        )
    present = next((trial for trial in trials if trial.settings == space.present and trial.value is not None), None)
    changes: Settings = {key: value for key, value in best.settings.items() if value != space.present[key]}
    metric = watched(base.train.metric, base.tasks)
    if changes and metric != watched(config.train.metric, config.tasks):
        changes["train.metric"] = base.train.metric  # what stopped the trials is to stop training too
    return TuningReport(
        metric=metric.key.replace("/", "."),
        trials=trials,
        best=best,
        present=present,
        gain=study.gain(best, present),
        changes=changes,
        importances=study.importances(),
        study=path,
        new=new,
    )


def _is_hopeless(trials: Sequence[Tried]) -> bool:
    return len(trials) >= _HOPELESS and all(trial.state == "failed" for trial in trials)


def _best(trials: Sequence[Tried]) -> Tried | None:
    """Return the best trial, the earliest of equals."""
    complete = [trial for trial in trials if trial.value is not None]
    return max(complete, key=lambda trial: trial.value or 0.0, default=None)


def _name(objective: Objective, config: Config, space: Space) -> str:
    """Return a name that differs as soon as what a trial's outcome depends on, beside its settings, differs."""
    # Workers change speed only, and event files nothing; a metric may have several names.
    fixed = config.model_dump(
        mode="json",
        include={"model", "tasks", "train", "fuse"},
        exclude={"train": {"num_workers", "tensorboard", "metric"}},
    )
    for key in space.usual:
        *path, name = key.split(".")
        section = fixed
        for part in path:
            section = section[part]
        del section[name]
    ranges = {key: repr(of) for key, of in space.usual.items()}
    metric = watched(config.train.metric, config.tasks).key
    told = json.dumps({"graph": objective.digest(), "metric": metric, "fixed": fixed, "ranges": ranges}, sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
