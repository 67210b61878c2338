"""Training anew while a release serves: in a folder beside its run's, held to the canary, and only then in its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from graph.database import Database
from graph.embeddings import ReleaseDraft
from graph.errors import DatabaseGoneError, ReleaseError
from graph.progress import OnStage
from graph.releases import Release
from graph.releases.lease import Lease, hold_lease
from graph.snapshot import Snapshot
from hopline.compress import compress_run
from hopline.compressed_file import write_compressed
from hopline.config import Config
from hopline.erase import remove_of_all_users
from hopline.errors import TrainingError
from hopline.liked import load_liked
from hopline.online.attempts import Attempts, forget_attempts, read_attempts
from hopline.online.draft import draft_online
from hopline.online.new_items import digest_of_new, new_items
from hopline.online.rows import rows_of
from hopline.online.state import OnlineState, name_of, write_state
from hopline.online.taken_back import without_taken_back
from hopline.run_draft import draft_run
from hopline.run_folder import (
    NEXT_FOLDER,
    Run,
    alone_in,
    drop_user,
    is_release_of,
    move_run,
    read_learnt_from,
    read_run,
    write_run,
)
from hopline.teacher_file import read_teacher


@dataclass(frozen=True)
class Retraining:
    """What came of training anew.

    ``outcome``: "served", as the release ``version``; "failed", where what served goes on; "waiting", as the last one failed
    not long ago; or "elsewhere", as somebody else is at it. ``why`` says more, ``attempts`` how many failed one after the
    other, ``again_s`` in how many seconds the next may begin.
    """

    outcome: str
    why: str = ""
    version: int | None = None
    attempts: int = 0
    again_s: float = 0.0

    def summary(self) -> str:
        """Return one sentence for people."""
        if self.outcome == "served":
            return f"trained anew: release {self.version} serves"
        if self.outcome == "elsewhere":
            return f"not trained anew: {self.why}"
        again = timedelta(seconds=round(self.again_s))
        return f"not trained anew, what served goes on: {self.why}; the next try, after {self.attempts}, in {again}"


@dataclass(frozen=True)
class Retrainer:
    """What training anew needs: the graph, the configuration, and what `hopline train` and `hopline publish` do.

    ``to_learn_from`` and ``read`` give the graph as it is now; ``learn`` trains on the first, in a run folder of its own;
    ``publish`` has a draft serve that passes the canary.
    """

    database: Database
    config: Config
    to_learn_from: Callable[[], Snapshot]
    read: Callable[[], Snapshot]
    learn: Callable[[Snapshot, Config], Run]
    publish: Callable[[ReleaseDraft, Snapshot], Release]
    on_stage: OnStage

    def retrain(self) -> Retraining:
        """Train anew, publish, and put the run in the place of the one that served; see :meth:`Recommender.retrain`."""
        folder = self.config.run_folder
        serving = read_run(folder)
        attempts, pause_s = read_attempts(folder, name_of(serving)), self.config.online.retrain_pause_s
        if (left_s := attempts.left_s(pause_s)) > 0:
            return Retraining("waiting", attempts.why, attempts=attempts.number, again_s=left_s)
        try:
            with hold_lease(self.database, "retrain") as lease:
                return self._attempt(serving, attempts, lease)
        except ReleaseError as error:  # of the lease alone: what else fails is told by the attempt
            return Retraining("elsewhere", str(error))

    def _attempt(self, serving: Run, attempts: Attempts, lease: Lease) -> Retraining:
        folder = self.config.run_folder
        begun = attempts.begin(folder)
        try:
            version = self._train_and_serve(serving, lease)
        except KeyboardInterrupt:
            attempts.take_back(folder)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, what serves goes on, and whoever follows is told
            if not isinstance(error, DatabaseGoneError):  # then what was trained is published once it is back
                shutil.rmtree(folder / NEXT_FOLDER, ignore_errors=True)
            failed = begun.fail(folder, str(error) or type(error).__name__)
            again_s = failed.left_s(self.config.online.retrain_pause_s)
            return Retraining("failed", failed.why, attempts=failed.number, again_s=again_s)
        forget_attempts(folder)
        return Retraining("served", version=version)

    def _train_and_serve(self, serving: Run, lease: Lease) -> int:
        folder = self.config.run_folder
        beside = folder / NEXT_FOLDER
        if self._finished(beside, serving) is None:
            self._train(beside, serving)
        snapshot = self.read()
        run = _without_gone(beside, snapshot)
        draft = draft_run(run)
        if (student := run.student) is not None:
            back = without_taken_back(run, load_liked(beside), snapshot)
            run, came = back.run, new_items(snapshot, run)
            number = sum(len(new.ids) for new in came.values())
            state = replace(OnlineState.begin(run, student), came=number, new=digest_of_new(snapshot, run))
            state = replace(state, taken_back=back.digest, lost=back.lost)
            write_state(beside, state)
            draft = draft_online(run, state, snapshot, came)
        release = self.publish(draft, snapshot)
        lease.check()
        with alone_in(folder):
            move_run(beside, folder)
        return release.version

    def _finished(self, beside: Path, serving: Run) -> Run | None:
        """Return the run that was trained before, as configured now, and cut off before it served."""
        try:
            run = read_run(beside)
        except TrainingError:
            return None
        is_as_asked = run.config == _plain(self.config) and bool(run.compressed) == bool(serving.compressed)
        return run if is_as_asked and run.read_at >= serving.read_at else None

    def _train(self, beside: Path, serving: Run) -> None:
        snapshot = self.to_learn_from()
        learnt = self.learn(snapshot, self.config.model_copy(update={"run_folder": beside}))
        write_run(beside, replace(learnt, config=_plain(self.config)))
        if serving.compressed:  # in the size that was asked for, or by [compress]
            size = None if serving.compressed["max_loss"] is not None else serving.compressed["chosen"]["size"]
            run, teacher = read_run(beside), read_teacher(beside)
            how = (self.config.compress, self.config.fuse.distil, self.on_stage)
            write_compressed(beside, compress_run(run, teacher, snapshot, *how, size=size)[0])


def adopt_served(database: Database, folder: Path, active: Release) -> None:
    """Put a run that was trained anew in its place, if the release that serves is of it: as where a kill came in between.

    Raises:
        ReleaseError: somebody is training anew, and may be at it.
    """
    beside = read_learnt_from(folder / NEXT_FOLDER)
    if beside is None or not is_release_of(beside, active.data):
        return
    with hold_lease(database, "retrain"), alone_in(folder):
        move_run(folder / NEXT_FOLDER, folder)
        forget_attempts(folder)


def _without_gone(folder: Path, snapshot: Snapshot) -> Run:
    """Return the run in a folder without users whom the graph lost while it was trained, who leave its files, too."""
    run = read_run(folder)
    gone = run.users.ids[rows_of(run.users.ids, snapshot.nodes[run.users.label].ids) < 0].tolist()
    if not gone:
        return run
    for user_id in gone:
        drop_user(folder, [user_id])
    remove_of_all_users(folder)
    return read_run(folder)


def _plain(config: Config) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(config.model_dump(mode="json")))
    return plain
