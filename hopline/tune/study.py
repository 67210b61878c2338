"""The trials of a search, kept in a file: what to try next, and what came of it."""

from __future__ import annotations

import fcntl
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from gnn.bootstrap import Difference, paired_bootstrap
from hopline.errors import TrainingError
from hopline.tune.objective import Measured
from hopline.tune.report import Tried
from hopline.tune.space import Space

FILE = "trials.db"
_AT_RANDOM = 8  # trials before what was found guides the search
_MOVED = 0.3  # share of the settings that each of these changes: moved all at once, nearly all of them fell behind
_BEFORE_PRUNING = 4  # complete trials that a median is taken of
_TO_TELL_IMPORTANCE = 8
_CUT_OFF = "cut off"  # attribute of a trial that did not end; it counts for nothing and is tried again
_SETTINGS, _WHY, _MEASURED = "settings", "why", "measured"
_STATES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class Study:
    """Trials of one search, named by what they depend on; made by :func:`open_study`.

    What is tried next is a function of the seed and of the trials that ended: cut off and taken up again, a search
    goes on as if it had not been.
    """

    def __init__(self, study: optuna.Study, space: Space, seed: int, folder: Path) -> None:
        self._study = study
        self._folder = folder  # of figures by user: too many for a database of trials
        self._space = space
        self._seed = seed
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):  # of a program that was killed
            self._forget(Trial(study, trial._trial_id))

    def trials(self) -> tuple[Tried, ...]:
        """Return the trials that ended."""
        return tuple(_tried(number, trial) for number, trial in enumerate(self._ended()))

    def ask(self) -> Candidate:
        """Return what to try next: the present settings, then some that differ from them in a few, then what looks best."""
        ended = self._ended()
        # A sampler's own state is not kept, so each trial has one of its own.
        seed = (self._seed * 1_000_003 + len(ended)) % 2**32
        if not self._study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            self._propose(ended, seed)
        self._study.sampler = optuna.samplers.TPESampler(
            seed=seed,
            n_startup_trials=_AT_RANDOM,
            multivariate=True,
        )
        trial = self._study.ask(self._space.ranges(trial.user_attrs[_SETTINGS] for trial in ended))
        settings = self._space.settings(trial.params)
        trial.set_user_attr(_SETTINGS, settings)
        return Candidate(trial, settings)

    def _propose(self, ended: Sequence[FrozenTrial], seed: int) -> None:
        """Settle some values of the next trial; the sampler draws the others."""
        present = self._space.present
        tried = [trial for trial in ended if trial.user_attrs[_SETTINGS] == present]
        if not tried:
            self._study.enqueue_trial(present)
        elif len(ended) < _AT_RANDOM and tried[0].state is not TrialState.FAIL:
            keys = list(present)
            kept = np.random.default_rng(seed).permutation(len(keys))[math.ceil(_MOVED * len(keys)) :]
            self._study.enqueue_trial({keys[place]: present[keys[place]] for place in kept})

    def complete(self, candidate: Candidate, measured: Measured) -> Tried:
        """Keep what a trial came to."""
        if measured.per_user is not None:
            self._folder.mkdir(exist_ok=True)
            np.save(self._of_users(candidate.trial.number), measured.per_user.astype(np.float32))
        told = {key: value for key, value in vars(measured).items() if key != "per_user"}
        candidate.trial.set_user_attr(_MEASURED, told)
        self._study.tell(candidate.trial, measured.value)
        return self.trials()[-1]

    def prune(self, candidate: Candidate) -> Tried:
        """Keep that a trial was ended, as it fell behind."""
        self._study.tell(candidate.trial, state=TrialState.PRUNED)
        return self.trials()[-1]

    def fail(self, candidate: Candidate, why: str) -> Tried:
        """Keep that a trial failed, and why."""
        candidate.trial.set_user_attr(_WHY, why)
        self._study.tell(candidate.trial, state=TrialState.FAIL)
        return self.trials()[-1]

    def forget(self, candidate: Candidate) -> None:
        """Leave out a trial that was cut off."""
        self._forget(candidate.trial)

    def importances(self) -> dict[str, float]:
        """Return what share of the metric's variation each key accounts for, the largest first.

        Source: Watanabe et al. 2023, PED-ANOVA (arXiv:2304.10255).
        """
        values = [trial.value for trial in self.trials() if trial.value is not None]
        if len(values) < _TO_TELL_IMPORTANCE or min(values) == max(values):
            return {}
        found = get_param_importances(self._study, evaluator=PedAnovaImportanceEvaluator())
        return {key: float(share) for key, share in found.items()}

    def gain(self, best: Tried, present: Tried | None) -> Difference | None:
        """Return how much better one trial is than another on the same users; None where it was not kept by user."""
        ended = self._ended()
        paths = [self._of_users(ended[tried.number].number) for tried in (best, present) if tried is not None]
        if len(paths) < 2 or not all(path.is_file() for path in paths):
            return None
        one, other = (np.load(path).astype(np.float64) for path in paths)
        return paired_bootstrap(one, other, self._seed)

    def _of_users(self, number: int) -> Path:
        return self._folder / f"{number}.npy"

    def _ended(self) -> list[FrozenTrial]:
        trials = self._study.get_trials(deepcopy=False, states=tuple(_STATES))
        ended = [trial for trial in trials if _CUT_OFF not in trial.user_attrs]
        return sorted(ended, key=lambda trial: trial.number)

    def _forget(self, trial: Trial) -> None:
        trial.set_user_attr(_CUT_OFF, True)
        self._study.tell(trial, state=TrialState.FAIL)


class Candidate:
    """Settings to be tried."""

    def __init__(self, trial: Trial, settings: dict[str, Any]) -> None:
        self.trial = trial
        self.settings = settings

    def falls_behind(self, epoch: int, value: float) -> bool:
        """Tell whether the metric after an epoch, the network's alone, is below the median of others' then."""
        self.trial.report(value, epoch)
        return self.trial.should_prune()


@contextmanager
def open_study(folder: Path, name: str, space: Space, seed: int, warm_up: int) -> Iterator[Study]:
    """Open the study of a name in ``folder``, or begin it; no trial is pruned in the first ``warm_up`` epochs.

    Raises:
        TrainingError: another program searches in the folder, or the file cannot be read.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it warns of ranges that were widened
    path = folder / FILE
    with (folder / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError(
                f"another program is tuning in {folder}; wait for it, or name another run_folder in hopline.toml"
            ) from error
        try:
            storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
        except (SQLAlchemyError, RuntimeError) as error:
            raise TrainingError(
                f"the trials in {path} cannot be read ({str(error).splitlines()[0]}); delete the file to begin anew"
            ) from error
        try:
            pruner = optuna.pruners.MedianPruner(n_startup_trials=_BEFORE_PRUNING, n_warmup_steps=warm_up + 1)
            study = optuna.create_study(
                storage=storage, study_name=name, direction="maximize", pruner=pruner, load_if_exists=True
            )
            yield Study(study, space, seed, folder / name)
        finally:
            storage.remove_session()
            storage.engine.dispose()


def _tried(number: int, trial: FrozenTrial) -> Tried:
    measured = trial.user_attrs.get(_MEASURED, {})
    seen = trial.intermediate_values
    seconds = 0.0 if trial.duration is None else trial.duration.total_seconds()
    return Tried(
        number=number,
        state=_STATES[trial.state],  # type: ignore[arg-type]
        settings=trial.user_attrs[_SETTINGS],
        value=measured.get("value"),
        alone=measured.get("alone", max(seen.values(), default=None)),
        best_epoch=measured.get("best_epoch", max(seen, key=lambda epoch: seen[epoch], default=None)),
        seconds=measured.get("seconds", seconds),
        why=trial.user_attrs.get(_WHY, ""),
    )
