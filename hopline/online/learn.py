"""From a look at the graph to a release: what was learnt, items that came, without what went and was taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from graph.embeddings import ReleaseDraft
from graph.releases import Release
from graph.snapshot import Snapshot
from hopline.errors import ReleaseError, TrainingError
from hopline.liked import load_liked
from hopline.online.config import OnlineConfig
from hopline.online.draft import draft_online
from hopline.online.new_items import digest_of_new, new_items
from hopline.online.round import RoundReport, learn_round
from hopline.online.state import read_state, write_state
from hopline.online.taken_back import without_taken_back
from hopline.run_draft import learnt_from
from hopline.run_folder import Run, alone_in, is_release_of, read_run

_DAY_S = 86_400


def learn_and_publish(
    folder: Path,
    active: Release,
    snapshot: Snapshot,
    config: OnlineConfig,
    seed: int,
    read_at: float,
    publish: Callable[[ReleaseDraft], Release],
) -> RoundReport:
    """Learn from what happened since the run in ``folder`` ended, or since the last time, and publish what may serve.

    ``read_at`` is when the snapshot was read, in seconds since 1970. Cut off before what was learnt is remembered, it is learnt
    again the next time.

    Raises:
        TrainingError: there is no finished run, or one that learnt too little to make vectors by events.
        ReleaseError: the ``active`` release is not of that run, or publishing failed.
    """
    with alone_in(folder):  # nobody is erased between the two
        run, liked = read_run(folder), load_liked(folder)
    if run.student is None:
        raise TrainingError("the last run made no student, as too few users met two items; load more and run `hopline train`")
    if not is_release_of(learnt_from(run), active.data):
        raise ReleaseError(
            f"release {active.version}, which serves, is not of the run in {folder}; run `hopline publish`, then learn on"
        )
    student = run.student
    state = read_state(folder, run, student)
    back = without_taken_back(run, liked, snapshot)
    run = back.run
    after, report = learn_round(run, student, state, snapshot, config, seed, read_at, back.lost)
    after = replace(after, new=digest_of_new(snapshot, run), taken_back=back.digest)
    is_taught, is_another = report.outcome in {"learnt", "rolled back"}, after.new != state.new
    if is_taught or is_another or after.taken_back != state.taken_back:
        came = new_items(snapshot, run)
        after = replace(after, came=sum(len(new.ids) for new in came.values()))
    if is_taught or after.came != state.came or after.taken_back != state.taken_back:
        report = replace(report, version=publish(draft_online(run, after, snapshot, came)).version)
    write_state(folder, after)
    return replace(report, due=report.due or _overdue(run, config))


def _overdue(run: Run, config: OnlineConfig) -> str:
    days = (time.time() - run.read_at) / _DAY_S
    if config.retrain_every_days is None or days < config.retrain_every_days:
        return ""
    return f"it has learnt the graph of {days:,.1f} days ago"
