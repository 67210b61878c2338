"""From an acknowledged event to a recommendation that reflects it, over HTTP: of known users, and of users who come meanwhile.

Users of MovieLens-100K go on with what their test split holds; others come again under new ids, which no training has seen, and
do what they did. Each event is sent and, once acknowledged, asked after until the answer tells of it: so many events, and none
of the items met. The answer is held beside the exact ranking by the run's vectors and student, given the same history.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import DataSet, find
from benchmarks.running_service import running_service
from benchmarks.server import fresh_database
from gnn.inductive import Student
from hopline.client import Client
from hopline.config import read_config
from hopline.recommender import Recommender
from hopline.run_folder import Run, read_run

USERS, EVENTS, WARMING, K = 100, 10, 10, 10
_PATIENCE_S = 10.0


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return milliseconds from the acknowledgement to the answer, and the share of the model's first ten items in it."""
    data = find(dataset or "ml100k")
    with tempfile.TemporaryDirectory(prefix="hopline-freshness-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        config = read_config(run_folder=folder / "run", split=data.split_config())
        recommender = Recommender(config, database)
        data.copy_without_test(folder / "files")
        say(recommender.load(folder / "files").written.summary())
        recommender.fit(on_epoch=lambda record: say(f"epoch {record.epoch}"))
        recommender.publish()
        trained = read_run(config.run_folder)
        model = _Model.of(trained)
        behaviour = recommender.schema.interactions[0].type
        known, test = _histories(data, "trainvalid"), _histories(data, "test")
        cases = [(user, known[user], test[user][:EVENTS]) for user in known if len(test.get(user, [])) >= EVENTS]
        cases = cases[: USERS + WARMING]
        cases += [(f"new-{user}", [], items[:EVENTS]) for user, items in known.items() if len(items) >= EVENTS][
            : USERS + WARMING
        ]
        millis: dict[str, list[float]] = {"known": [], "new": []}
        acknowledged, overlaps = [], []
        with running_service(database, folder) as address, Client(address) as client:
            for number, (user, before, after) in enumerate(cases):
                for met in (after[:count] for count in range(1, len(after) + 1)):
                    event = {"user": user, "item": met[-1], "behaviour": behaviour, "value": 4, "id": f"{user} {met[-1]}"}
                    sent = time.perf_counter()
                    taken = client.send([event])
                    began = time.perf_counter()
                    if taken.new != 1:
                        raise AssertionError(f"the event was not taken in: {taken}")
                    found = _reflecting(client, user, met)
                    if number < WARMING:
                        continue
                    millis["known" if before else "new"].append(1000 * (time.perf_counter() - began))
                    acknowledged.append(1000 * (began - sent))
                    overlaps.append(len(set(model.best(user, before, met)) & set(found)) / K)
    every = millis["known"] + millis["new"]
    return {
        "dataset": data.name,
        "events": len(every),
        "p50_ms": float(np.percentile(every, 50)),
        "p99_ms": float(np.percentile(every, 99)),
        "known_p99_ms": float(np.percentile(millis["known"], 99)),
        "new_p99_ms": float(np.percentile(millis["new"], 99)),
        "acknowledged_p50_ms": float(np.percentile(acknowledged, 50)),
        "acknowledged_p99_ms": float(np.percentile(acknowledged, 99)),
        "overlap@10": float(np.mean(overlaps)),
        "overlap@10_least": float(np.min(overlaps)),
    }


@dataclass(frozen=True)
class _Model:
    """What a run recommends, by exact products: users float32[n, d] and items float32[m, d], places of both by their ids."""

    users: NDArray[np.float32]
    items: NDArray[np.float32]
    student: Student
    user_places: dict[str, int]
    item_places: dict[str, int]

    @classmethod
    def of(cls, run: Run) -> _Model:
        assert run.student is not None
        scorer, (items,) = run.scorer(), run.items
        places = [{str(node_id): row for row, node_id in enumerate(ids.tolist())} for ids in (run.users.ids, items.ids)]
        return cls(scorer.users, scorer.items, run.student, *places)

    def best(self, user: str, before: list[str], met: list[str]) -> list[str]:
        """Return the first items for a user who was learnt with ``before``, or is new, and then met ``met``."""
        since = [self.item_places[item] for item in met]
        asking = self.student.vector(since)
        if user in self.user_places:
            learnt = self.users[self.user_places[user]]
            asking = self.student.sum.moved(learnt / np.linalg.norm(learnt), self.student.asking[since])
        scores = self.items @ asking
        scores[[self.item_places[item] for item in (*before, *met) if item in self.item_places]] = -np.inf
        names = list(self.item_places)
        return [names[row] for row in np.argsort(-scores)[:K]]


def _histories(data: DataSet, part: str) -> dict[str, list[str]]:
    """Return the items of each user in a part of the split that training has vectors of, as it learnt from others with them."""
    learnt = {item for _, item in data.pairs("trainvalid")}
    found: dict[str, list[str]] = {}
    for user, item in data.pairs(part):
        if item in learnt:
            found.setdefault(user, []).append(item)
    return found


def _reflecting(client: Client, user: str, met: list[str]) -> list[str]:
    """Ask until the answer tells of all that was met; return its items."""
    ends = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends:
        found = client.recommend(user, K)
        ids = [str(item.id) for item in found.items]
        if found.num_events == len(met) and not set(ids) & set(met):
            return ids
    raise AssertionError(f"no answer told of {len(met)} events within {_PATIENCE_S:.0f} s")
