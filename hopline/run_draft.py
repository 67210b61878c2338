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
from hopline.run_folder import LEARNT_FROM, Run


def draft_run(run: Run) -> ReleaseDraft:
    """Return what to publish of a run.

    Rankings that training measured on validation are left out where `hopline compress` made the vectors: they are of others.
    """
    metrics = {name: value for name, value in run.metrics.items() if not (run.compressed and is_of_ranking(name))}
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
    return {name: getattr(run, name) for name in LEARNT_FROM}


def _met(run: Run) -> MetVectors | None:
    if run.student is None:
        return None
    ends = np.cumsum([len(part.ids) for part in run.items])[:-1]
    return MetVectors(tuple(np.split(run.student.asking, ends)), run.student.sum)
