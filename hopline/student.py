"""The student of a run: vectors of users whom it has not seen, by what they did and are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gnn.inductive import Histories, Student, UserTraits, fit_student
from graph.event_weights import EventWeights
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.split_log import Prepared
from hopline.unmet_items import UnmetOfDomains
from loaders.behaviours import fading_of, read_event_weights
from loaders.features import FittedFeatures
from loaders.splits import Rows
from loaders.traits import read_traits, trait_groups


def learn_student(
    items: NDArray[np.float32],
    prepared: Prepared,
    features: FittedFeatures,
    unmet: UnmetOfDomains,
    weighed: tuple[Histories, EventWeights],
    on_stage: OnStage,
) -> Student | None:
    """Return the student of item vectors float32[num_items, d], which were learnt from what :func:`weighed_histories` tells.

    Users are told apart by those of their properties that are ``features``. What users ask with who met items that nobody had
    met, ``unmet``, is made of what is known of these. Events count what they do in training, and fade as they do there, but
    back from each user's newest. None where too few users met two items.
    """
    on_stage("learning to make vectors of users not seen", 0, 0)
    histories, weights = weighed
    fitted = fit_student(items, histories, _traits(prepared.snapshot, features))
    if fitted is None:
        return None
    student = fitted.student
    if not weights.is_even:
        student = replace(student, sum=replace(student.sum, weights=weights))
    return unmet.ask(student)


def weighed_histories(prepared: Prepared, learnt: Rows) -> tuple[Histories, EventWeights]:
    """Return what users liked of what is ``learnt``, rows of the log, with what events count, and how that is told."""
    parts = prepared.split_log
    rows = learnt[parts.positive[learnt]]
    time = parts.log.time
    weights = read_event_weights(prepared.snapshot, rows, prepared.behaviours)
    fading = None if weights.is_even else fading_of(prepared.snapshot, parts.log, weights).of_rows(rows)
    return Histories.of(parts.pairs(rows), None if time is None else time[rows], fading=fading), weights


def _traits(snapshot: Snapshot, features: FittedFeatures) -> UserTraits | None:
    """Return what users are, by the properties that are learnt from; None where they cannot be told apart by any."""
    label = snapshot.schema.user.label
    users = snapshot.nodes[label]
    groups = tuple(trait_groups(users, [one.feature for one in features.labels[label]]))
    return UserTraits(groups, read_traits(users, groups)) if groups else None
