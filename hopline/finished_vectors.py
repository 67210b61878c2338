"""Vectors made of a finished run's: placed, measured and with a student, as those are that a training ends with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gnn.evaluate import evaluate
from gnn.inductive import Student
from gnn.vector_scorer import VectorScorer
from graph.codes import Code
from graph.embeddings import as_served
from graph.progress import OnStage
from hopline.fit import CUTOFFS
from hopline.neighbours import near_as_chosen
from hopline.node_properties import encode_rows, features_of
from hopline.retrieval import retrieved
from hopline.run_folder import Run
from hopline.split_log import Prepared, SplitLog
from hopline.student import learn_student, weighed_histories
from hopline.unmet_items import UnmetOfDomains
from loaders.splits import Rows


@dataclass(frozen=True)
class FinishedVectors:
    """Vectors to serve, their figures on the test split, and the student that makes others by their items.

    ``metrics`` are empty where there is no test part, ``student`` is None where too little was learnt from.
    """

    vectors: VectorScorer
    metrics: dict[str, float]
    student: Student | None


def learnt_rows(run: Run, parts: SplitLog) -> Rows:
    """Return the interactions that a run has learnt in the end, by row."""
    return parts.learnt if run.config["train"]["refit"] else parts.split.train


def finish(run: Run, prepared: Prepared, vectors: VectorScorer, code: Code, on_stage: OnStage) -> FinishedVectors:
    """Return ``vectors`` that were made of what a run learnt from, with the items that nobody met placed among them.

    Figures and student are of what is left once they are written in ``code``; what finds recommendations is the run's.

    Raises:
        FeatureError: items that nobody met are to be placed, and a text encoder is not as it was.
    """
    parts = prepared.split_log
    rows = learnt_rows(run, parts)
    features = features_of(run)
    unmet = UnmetOfDomains.of(prepared, partial(encode_rows, features, prepared.snapshot), rows)
    vectors = unmet.place(vectors)
    served = VectorScorer(*as_served(vectors.users, vectors.items, code))
    metrics = {}
    if len(parts.split.test):
        test, near = parts.test(), near_as_chosen(run.retrieve, run.similar, run.config.get("publish", {}).get("similar"))
        metrics = evaluate(retrieved(served, near, parts, rows, test, max(CUTOFFS)), test, ks=CUTOFFS).metrics
    weighed = weighed_histories(prepared, rows)
    return FinishedVectors(vectors, metrics, learn_student(served.items, prepared, features, unmet, weighed, on_stage))
