"""The last run beside the models to beat, on interactions that none of them has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gnn.beyond_accuracy import BeyondAccuracy
from gnn.compare import Row, compare
from gnn.evaluate import Scorer
from gnn.popular_for_unknown import PopularForUnknown
from gnn.slices import slice_by_counts
from graph.neighbours import Retrieve, SimilarItems
from graph.progress import silent
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.fit import CUTOFFS
from hopline.neighbours import neighbours_of, num_published
from hopline.peers import Peers, fit_peers
from hopline.retrieval import retrieved
from hopline.run_draft import draft_run
from hopline.run_folder import Run
from hopline.run_split import judged_by, prepare_as_run
from loaders.item_groups import read_item_groups

BY_POPULARITY = "three groups by popularity"


@dataclass(frozen=True)
class EvaluationReport:
    """One row a model, the first ours; and how the others were tuned, or why they were left out.

    ``slices``: users by domain and slice that figures such as "ndcg@20/tail items" are means over. ``tasks``: our tasks' own
    figures, such as "rating/rmse", on validation and, of those that foretell something of a pair, on test. ``calibrated_by``:
    what the groups of miscalibration are. ``tune_s``: seconds that each peer's tuning took. ``retrieve``: what found our items.
    """

    rows: list[Row]
    num_users: int
    params: dict[str, dict[str, float]]
    left_out: dict[str, str]
    slices: dict[str, int]
    tasks: dict[str, dict[str, float]]
    calibrated_by: str
    tune_s: dict[str, float]
    retrieve: Retrieve


def evaluate_run(
    run: Run, config: Config, snapshot: Snapshot, *, peers: bool, tuned: bool, on_peer: Callable[[str], None]
) -> EvaluationReport:
    """Split the snapshot as the run did, and rank for the users of the test part as a release of it would, and by each peer.

    As in serving, a user whom a model knows nothing of gets popular items, from every model.

    Raises:
        EvaluationError: the graph is no longer the one that was learnt from, or the split has no test part.
    """
    parts = prepare_as_run(run, snapshot).split_log
    test = parts.test()
    both = parts.liked(parts.learnt)
    near = _near(run, config)
    ours = retrieved(run.scorer(), near, parts, parts.learnt, test, max(CUTOFFS))
    scorers: dict[str, Scorer] = {"hopline": PopularForUnknown(ours, np.abs(run.users.vectors).max(axis=1) > 0, both)}
    others = Peers({}, {})
    if peers:
        others = fit_peers(
            parts.liked(parts.split.train),
            parts.liked(parts.split.valid),
            both,
            judged_by(run),
            tuned=tuned,
            on_peer=on_peer,
        )
    met_any = np.bincount(both.user_index, minlength=both.num_users) > 0
    scorers |= {name: PopularForUnknown(peer.scorer, met_any, both) for name, peer in others.fitted.items()}
    groups = read_item_groups(snapshot)
    slices = slice_by_counts(test)
    return EvaluationReport(
        rows=compare(
            scorers,
            test,
            ks=CUTOFFS,
            fit_s={"hopline": run.train_s} | {name: peer.fit_s for name, peer in others.fitted.items()},
            beyond=BeyondAccuracy(test, None if groups is None else groups.shares),
            slices=slices,
        ),
        num_users=len(np.unique(test.users)),
        params={name: peer.params for name, peer in others.fitted.items()},
        left_out=others.left_out,
        slices=slices.num_users(test),
        tasks=_of_tasks(run),
        calibrated_by=BY_POPULARITY
        if groups is None
        else ", ".join(f"{label}.{name}" for label, name in groups.properties.items()),
        tune_s={name: peer.tune_s for name, peer in others.fitted.items()},
        retrieve="vectors" if near is None else "vectors+similar",
    )


def _near(run: Run, config: Config) -> SimilarItems | None:
    """Return the neighbours by which a release of the run would find recommendations as configured, None: by vectors alone."""
    retrieve = config.ask.retrieve or run.retrieve
    if retrieve == "vectors":
        return None
    return neighbours_of(draft_run(run), num_published(config.publish.similar, retrieve), silent)


def _of_tasks(run: Run) -> dict[str, dict[str, float]]:
    """Return the figures of single tasks, whose names say which, by the part that they are measured on."""
    found: dict[str, dict[str, float]] = {"validation": {}, "test": {}}
    for name, value in run.metrics.items():
        part, figure = ("validation", name.removeprefix("valid/")) if name.startswith("valid/") else ("test", name)
        if "/" in figure:
            found[part][figure] = value
    return found
