"""The closed loop: load, train, publish, then ask Neo4j for every test user, beside the models to beat.

Test interactions never enter the graph. The model is stopped on valid, trained on train and valid; peers likewise.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data_sets import find
from benchmarks.server import fresh_database
from gnn.compare import compare
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.metrics import find_hits, ndcg
from gnn.topk import NOTHING
from hopline.config import read_config
from hopline.peers import fit_peers
from hopline.recommender import Recommender
from hopline.run_folder import read_run

K = 20


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of one loop; seconds are wall-clock."""
    data = find(dataset or "ml100k")
    users, items = data.index("user_list"), data.index("item_list")
    train, valid, both, test = (data.interactions(part) for part in ("train", "valid", "trainvalid", "test"))
    holdout = Holdout(both, test)
    with tempfile.TemporaryDirectory(prefix="hopline-loop-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        data.copy_without_test(folder / "files")
        config = read_config(run_folder=folder / "run", split=data.split_config())
        recommender = Recommender(config, database)
        seconds: dict[str, float] = {}
        with _timed(seconds, "load_s"):
            say(recommender.load(folder / "files").written.summary())
        with _timed(seconds, "train_s"):
            recommender.fit(on_epoch=lambda record: say(f"epoch {record.epoch}: {record.losses} {record.metrics}"))
        with _timed(seconds, "publish_s"):
            recommender.publish()
        trained = read_run(config.run_folder)
        model = evaluate(data.scorer(trained), holdout, ks=(K,))
        say("asking Neo4j, user by user")
        started = time.perf_counter()
        served = served_ndcg(recommender, holdout, users, items)
        ask_s = time.perf_counter() - started
    peers = fit_peers(train, valid, both, f"ndcg@{K}", on_peer=lambda name: say(f"fitting {name}"))
    rows = {row.name: row for row in compare({name: peer.scorer for name, peer in peers.fitted.items()}, holdout, ks=(K,))}
    return {
        "dataset": data.name,
        "ndcg_model": model.metrics[f"ndcg@{K}"],
        "ndcg_served": served,
        **{f"ndcg_{name}": row.metrics[f"ndcg@{K}"] for name, row in rows.items()},
        "recall_model": model.metrics[f"recall@{K}"],
        **{f"recall_{name}": row.metrics[f"recall@{K}"] for name, row in rows.items()},
        **seconds,
        "epochs": trained.best_epoch,
        "ask_ms_per_user": 1000 * ask_s / len(holdout.users),
    }


class _timed:  # noqa: N801 - reads as a statement
    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self._seconds, self._name = seconds, name

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._name] = time.perf_counter() - self._started


def served_ndcg(recommender: Recommender, holdout: Holdout, users: dict[str, int], items: dict[str, int]) -> float:
    """Return NDCG@20 of what Neo4j answers, asked for every user of ``holdout``; ``users`` and ``items``: raw id → index."""
    raw = {index: user for user, index in users.items()}
    top = np.full((len(holdout.users), K), NOTHING, np.int64)
    for row, user in enumerate(holdout.users.tolist()):
        found = [items.get(str(item.id), NOTHING) for item in recommender.recommend(raw[user], K).items]
        top[row, : len(found)] = found
    hits = find_hits(top, holdout.offsets, holdout.items, holdout.num_items)
    return float(ndcg(hits, holdout.num_relevant, K).mean())
