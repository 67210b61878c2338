"""What is published while a run goes on learning: its vectors, the student as taught, items that came, without what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.embeddings import Embeddings, PeopleVectors, ReleaseDraft
from graph.errors import ReleaseError
from graph.freshness import learnt
from graph.met_vectors import MetVectors
from graph.snapshot import Snapshot
from hopline.online.new_items import NewItems
from hopline.online.rows import rows_of
from hopline.online.state import OnlineState
from hopline.run_draft import draft_run
from hopline.run_folder import Run


def draft_online(run: Run, state: OnlineState, snapshot: Snapshot, came: dict[str, NewItems]) -> ReleaseDraft:
    """Return a run with the student of ``state``, the items that ``came`` by domain, and none of the nodes that the graph lost.

    Items that came have no neighbours by the closed-form model, which has not met them, and no task foretells anything of them.
    What the student was taught, and up to when, goes to the release's record.

    Raises:
        ReleaseError: no user, or no item of a domain, is left.
    """
    student, told = state.student, {"events": state.learnt, "rounds": state.rounds, "new_items": state.came}
    draft = draft_run(replace(run, student=student))
    is_user = _is_there(draft.users.ids, snapshot, draft.users.label)
    items, asking, stays = [], [], []
    for part, of_part in zip(draft.items, np.split(student.asking, _ends(draft.items)), strict=True):
        is_item, new = _is_there(part.ids, snapshot, part.label), came[part.label]
        stays.append((is_item, len(new.ids)))
        ids = np.array([*part.ids[is_item].tolist(), *new.ids.tolist()])
        items.append(Embeddings(part.label, ids, np.concatenate([part.vectors[is_item], new.placed(part.vectors)])))
        asking.append(np.concatenate([of_part[is_item], new.placed(of_part)]))
    stay_of = dict(zip((part.label for part in draft.items), stays, strict=True))
    return replace(
        draft,
        users=_rows(draft.users, is_user),
        items=tuple(items),
        known=None if draft.known is None else draft.known[is_user],
        people=None
        if draft.people is None
        else PeopleVectors(_rows(draft.people.asking, is_user), _rows(draft.people.asked, is_user)),
        met=MetVectors(tuple(asking), student.sum),
        data=draft.data | {"online": told} | learnt(int(state.taught.sum()), state.learnt_at),
        similar=None
        if draft.similar is None
        else replace(
            draft.similar,
            of_domains=tuple(
                neighbours.among(*of_domain) for neighbours, of_domain in zip(draft.similar.of_domains, stays, strict=True)
            ),
        ),
        predictors={
            task: {label: one.among(is_user, *stay_of[label]) for label, one in by_label.items() if label in stay_of}
            for task, by_label in draft.predictors.items()
        },
    )


def _ends(items: Sequence[Embeddings]) -> NDArray[np.int64]:
    return np.cumsum([len(part.ids) for part in items])[:-1]


def _rows(part: Embeddings, rows: NDArray[np.bool_]) -> Embeddings:
    if not rows.any():
        raise ReleaseError(f"no {part.label} that the run has learnt is left in the graph; run `hopline train` again")
    return part if rows.all() else Embeddings(part.label, part.ids[rows], part.vectors[rows])


def _is_there(ids: NDArray[Any], snapshot: Snapshot, label: str) -> NDArray[np.bool_]:
    return rows_of(ids, snapshot.nodes[label].ids) >= 0
