"""A training run as a release."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph.embeddings import ReleaseDraft
from graph.freshness import learnt
from graph.met_vectors import MetVectors
from hopline.held_out import is_of_ranking
from hopline.people import people_draft
from hopline.predict import by_domain
from hopline.run_folder import Run, told_learnt_from


def draft_run(run: Run) -> ReleaseDraft:
    """Return what to publish of a run.

    Rankings measured on validation are left out where `hopline compress` made the vectors, as they are of others, and where
    `hopline fuse` did: other releases' are of their network alone, and the canary would compare what is not alike.
    """
    is_made = bool(run.compressed) or run.fused_id is not None
    metrics = {name: value for name, value in run.metrics.items() if not (is_made and is_of_ranking(name))}
    return ReleaseDraft(
        users=run.users,
        items=run.items,
        config=run.config,
        metrics=metrics,
        popular=run.popular,
        features=run.features,
        people=None if run.people is None else people_draft(run.users, run.people),
        code=run.compressed.get("code", "float32"),
        met=_met(run),
        known=run.known,
        similar=run.similar,
        retrieve=run.retrieve,
        predictors={task: by_domain(of_task) for task, of_task in run.predictors.items()},
        data=learnt_from(run) | ({} if run.known is None else learnt(int(run.known.sum()), run.read_at)),
    )


def learnt_from(run: Run) -> dict[str, Any]:
    """Return what a release's record tells of what a run has learnt from: its releases are known by it."""
    return told_learnt_from(vars(run))


def _met(run: Run) -> MetVectors | None:
    if run.student is None:
        return None
    ends = np.cumsum([len(part.ids) for part in run.items])[:-1]
    return MetVectors(tuple(np.split(run.student.asking, ends)), run.student.sum)
