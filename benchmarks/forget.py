"""What users are asked with once some of their events are deleted, until the next training, beside one without those events.

Of a data set's train and valid parts, valid is held out. Some users lose a share of their train events, drawn by chance, or
those most like one of them, as who no longer wants to be known for a taste. The vector that was learnt before is held against
three that know what is left: by the student alone, the learnt one moved towards what is left, and moved by what the student
makes of what is left minus what it made of all, as `hopline learn` does. What they should be is what a
training without the deleted events gives: how many of its first ten items each has, and NDCG@20 on valid of both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import find
from benchmarks.server import fresh_database
from gnn.vector_scorer import VectorScorer, of_length_one
from graph.event_sum import SINCE
from graph.progress import silent
from graph.snapshot import Snapshot, read_snapshot
from hopline.config import read_config
from hopline.fit import fit
from hopline.recommender import Recommender
from hopline.run_folder import Run
from loaders.interactions import read_interactions

SHARES, USERS, K, FIRST = (0.1, 0.5, 0.9), 60, 20, 10
_LEAST = 20  # events of a user whose events are deleted


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return by what was deleted and what users are asked with: shared first items, and NDCG@20 beside that of retraining."""
    data = find(dataset or "ml100k")
    with tempfile.TemporaryDirectory(prefix="hopline-forget-") as scratch, fresh_database() as database:
        data.copy_without_test(Path(scratch) / "files")
        config = read_config(run_folder=Path(scratch) / "run", split={"test": 0.001})
        recommender = Recommender(config, database)
        say(recommender.load(Path(scratch) / "files").written.summary())
        whole = read_snapshot(database, recommender.schema)
    log = read_interactions(whole)
    held = set(data.pairs("valid"))
    users, items = log.user_ids.astype(str), np.concatenate([ids.astype(str) for ids in log.items.ids.values()])
    is_held = np.array([(users[u], items[i]) in held for u, i in zip(log.user_index, log.item_index, strict=True)])
    before = _without(whole, is_held)
    learnt = fit(before, config, 0, silent, *_quiet())
    say(f"learnt {len(log) - int(is_held.sum()):,} interactions")
    rng = np.random.default_rng(0)
    events = [np.flatnonzero((log.user_index == user) & ~is_held) for user in range(len(users))]
    may = rng.permutation([user for user, rows in enumerate(events) if len(rows) >= _LEAST])
    ways = [(share, how) for share in SHARES for how in ("by chance", "a taste")]
    groups = dict(zip(ways, np.split(may[: USERS * len(ways)], len(ways)), strict=True))
    vectors = of_length_one(learnt.scorer().items)
    gone = np.zeros(len(log), np.bool_)
    for (share, how), members in groups.items():
        for user in members.tolist():
            rows = rng.permutation(events[user])
            if how == "a taste":
                like = vectors[log.item_index[rows]] @ vectors[log.item_index[rows[0]]]
                rows = rows[np.argsort(-like, kind="stable")]
            gone[rows[: round(share * len(rows))]] = True
    anew_config = config.model_copy(update={"run_folder": Path(scratch) / "anew"})
    anew = fit(_without(whole, is_held | gone), anew_config, 0, silent, *_quiet())
    say(f"learnt without {int(gone.sum()):,} of them")
    found: dict[str, Any] = {"dataset": data.name, "users_a_group": USERS}
    for (share, how), members in groups.items():
        left = [rows[~gone[rows]] for rows in (events[user] for user in members.tolist())]
        wanted = [log.item_index[(log.user_index == user) & is_held] for user in members.tolist()]
        met = [log.item_index[rows] for rows in left]
        right, right_ndcg = _first(anew.scorer(), anew.scorer().users[members], met, wanted)
        of: dict[str, Any] = {"retrained": {"ndcg": right_ndcg}}
        for name, asked in _asked(learnt, members, [log.item_index[events[user]] for user in members.tolist()], met).items():
            first, ndcg = _first(learnt.scorer(), asked, met, wanted)
            same = float(np.mean([len(set(one) & set(other)) / FIRST for one, other in zip(first, right, strict=True)]))
            of[name] = {"shared": same, "ndcg": ndcg}
        found[f"{share:.0%} {how}"] = of
        say(f"{share:.0%} {how}: {of}")
    return found


def _asked(
    learnt: Run, members: NDArray[np.int64], had: list[NDArray[np.int64]], left: list[NDArray[np.int64]]
) -> dict[str, NDArray[np.float32]]:
    """Return what users are asked with, float32[n, d] each, of length one."""
    student = learnt.student
    assert student is not None
    was = of_length_one(learnt.scorer().users[members])
    of_left, of_all = (np.stack([student.vector(rows) for rows in some]) for some in (left, had))
    return {
        "as learnt": was,
        "student": of_left,
        "towards what is left": of_length_one(was + SINCE * of_left),
        "by the difference": of_length_one(was + of_left - of_all),
        "by twice the difference": of_length_one(was + SINCE * (of_left - of_all)),
    }


def _first(
    scorer: VectorScorer, asked: NDArray[np.float32], met: list[NDArray[np.int64]], wanted: list[NDArray[np.int64]]
) -> tuple[list[list[int]], float]:
    """Return each user's first items that they have not met, and NDCG@20 of what they want, a mean over users with any."""
    first, gains = [], []
    for vector, seen, right in zip(asked, met, wanted, strict=True):
        scores = scorer.items @ vector
        scores[seen] = -np.inf
        top = np.argsort(-scores, kind="stable")[:K]
        first.append(top[:FIRST].tolist())
        if len(right):
            discount = 1 / np.log2(2 + np.arange(K))
            gains.append(float(discount @ np.isin(top, right)) / float(discount[: len(right)].sum()))
    return first, float(np.mean(gains))


def _without(snapshot: Snapshot, gone: NDArray[np.bool_]) -> Snapshot:
    """Return a snapshot of one kind of interactions without some of them."""
    (kind,) = snapshot.schema.interactions
    columns = snapshot.edges[kind.triple]
    kept: dict[str, Any] = {name: None if column is None else column[~gone] for name, column in vars(columns).items()}
    return replace(snapshot, edges={**snapshot.edges, kind.triple: replace(columns, **kept)})


def _quiet() -> tuple[Callable[..., None], ...]:
    return tuple(lambda *_: None for _ in range(3))
