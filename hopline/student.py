"""The student of a run: vectors of users whom it has not seen, by what they did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gnn.inductive import Histories, Student, fit_student
from graph.progress import OnStage
from hopline.split_log import SplitLog
from hopline.unmet_items import UnmetOfDomains


def learn_student(
    items: NDArray[np.float32], parts: SplitLog, unmet: UnmetOfDomains, *, refit: bool, on_stage: OnStage
) -> Student | None:
    """Return the student of item vectors float32[num_items, d]; ``refit``: they were learnt from validation too.

    What users ask with who met items that nobody had met, ``unmet``, is made of what is known of these. None where too few
    users met two items.
    """
    rows = parts.learnt if refit else parts.split.train
    rows = rows[parts.positive[rows]]
    time = parts.log.time
    on_stage("learning to make vectors of users not seen", 0, 0)
    fitted = fit_student(items, Histories.of(parts.pairs(rows), None if time is None else time[rows]))
    return None if fitted is None else unmet.ask(fitted.student)
