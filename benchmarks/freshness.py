"""From an acknowledged event to a recommendation that reflects it, over HTTP, for users who come while the service runs.

Users of MovieLens-100K come again under new ids, which no training has seen, and do what they did, an event at a time, in any
order. Each event is sent and, once acknowledged, asked after until the answer tells of it: so many events, and none of the
items met. The answer is held beside the exact ranking by the run's student, given the same history.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data_sets import find
from benchmarks.running_service import running_service
from benchmarks.server import fresh_database
from gnn.inductive import Histories
from hopline.client import Client
from hopline.config import read_config
from hopline.recommender import Recommender
from hopline.run_folder import read_run

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
        student, vectors = trained.student, trained.scorer().items
        assert student is not None
        (items,) = trained.items
        histories = Histories.of(data.interactions("trainvalid"))
        users = np.flatnonzero(histories.counts >= EVENTS)[: USERS + WARMING]
        place = {str(node_id): row for row, node_id in enumerate(items.ids.tolist())}
        raw = {index: item for item, index in data.index("item_list").items()}
        behaviour = recommender.schema.interactions[0].type
        millis, acknowledged, overlaps = [], [], []
        with running_service(database, folder) as address, Client(address) as client:
            for number, user in enumerate(users.tolist()):
                met: list[str] = []
                for item in histories.items[histories.offsets[user] :][:EVENTS].tolist():
                    met.append(raw[item])
                    event = {"user": f"new-{user}", "item": met[-1], "behaviour": behaviour, "value": 4, "id": f"{user}-{item}"}
                    sent = time.perf_counter()
                    taken = client.send([event])
                    began = time.perf_counter()
                    if taken.new != 1:
                        raise AssertionError(f"the event was not taken in: {taken}")
                    found = _reflecting(client, f"new-{user}", met)
                    if number < WARMING:
                        continue
                    millis.append(1000 * (time.perf_counter() - began))
                    acknowledged.append(1000 * (began - sent))
                    scores = vectors @ student.vector([place[one] for one in met])
                    scores[[place[one] for one in met]] = -np.inf
                    wanted = {str(items.ids[row]) for row in np.argsort(-scores)[:K]}
                    overlaps.append(len(wanted & set(found)) / K)
    return {
        "dataset": data.name,
        "events": len(millis),
        "p50_ms": float(np.percentile(millis, 50)),
        "p99_ms": float(np.percentile(millis, 99)),
        "acknowledged_p50_ms": float(np.percentile(acknowledged, 50)),
        "acknowledged_p99_ms": float(np.percentile(acknowledged, 99)),
        "overlap@10": float(np.mean(overlaps)),
        "overlap@10_least": float(np.min(overlaps)),
    }


def _reflecting(client: Client, user: str, met: list[str]) -> list[str]:
    """Ask until the answer tells of all that was met; return its items."""
    ends = time.monotonic() + _PATIENCE_S
    while time.monotonic() < ends:
        found = client.recommend(user, K)
        ids = [str(item.id) for item in found.items]
        if found.num_events == len(met) and not set(ids) & set(met):
            return ids
    raise AssertionError(f"no answer told of {len(met)} events within {_PATIENCE_S:.0f} s")
