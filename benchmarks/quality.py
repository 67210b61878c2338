"""Ranking quality beside the models to beat, all tuned on valid, refitted on train and valid, measured on test once.

Three seeds of our defaults: how long to train, and how much of EASE and iALS to fuse with, is what valid decides. Peers are
given the same interactions.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.data_sets import find
from benchmarks.server import fresh_database
from gnn.compare import compare
from gnn.evaluate import Evaluation, evaluate
from gnn.holdout import Holdout
from hopline.config import read_config
from hopline.peers import fit_peers
from hopline.recommender import Recommender
from hopline.run_folder import read_run

K = 20
SEEDS = (0, 1, 2)
METRICS = (f"recall@{K}", f"ndcg@{K}")


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return means over seeds, their spread, and the ratio to the best peer of each metric."""
    data = find(dataset or "ml100k")
    train, valid, both, test = (data.interactions(part) for part in ("train", "valid", "trainvalid", "test"))
    holdout = Holdout(both, test)
    peers = fit_peers(train, valid, both, f"ndcg@{K}", on_peer=lambda name: say(f"tuning {name}"))
    rows = {row.name: row for row in compare({name: peer.scorer for name, peer in peers.fitted.items()}, holdout, ks=(K,))}
    for name, row in rows.items():
        say(f"{name}: " + ", ".join(f"{metric} {row.metrics[metric]:.4f}" for metric in METRICS))
    found: list[Evaluation] = []
    seconds: list[float] = []
    fused: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="hopline-quality-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        data.copy_without_test(folder / "files")
        config = read_config(run_folder=folder / "run", split=data.split_config())
        recommender = Recommender(config, database)
        say(recommender.load(folder / "files").written.summary())
        for seed in SEEDS:
            recommender.compile(train={"seed": seed}).fit()
            trained = read_run(config.run_folder)
            found.append(evaluate(data.scorer(trained), holdout, ks=(K,)))
            seconds.append(trained.train_s)
            fused.append(trained.fused)
            told = ", ".join(f"{metric} {found[-1].metrics[metric]:.4f}" for metric in METRICS)
            say(f"hopline, seed {seed}: {told}, {trained.best_epoch} epochs, {trained.train_s:.0f} s")
    best = {metric: max(rows, key=lambda name: rows[name].metrics[metric]) for metric in METRICS}
    ours = {metric: mean(one.metrics[metric] for one in found) for metric in METRICS}
    return {
        "dataset": data.name,
        "hopline": ours | {"train_s": mean(seconds)},
        "fused": fused,
        "spread": {metric: stdev(one.metrics[metric] for one in found) for metric in METRICS},
        "peers": {
            name: {metric: row.metrics[metric] for metric in METRICS}
            | {"fit_s": peers.fitted[name].fit_s, "params": peers.fitted[name].params}
            for name, row in rows.items()
        },
        "left_out": peers.left_out,
        "best_peer": best[f"ndcg@{K}"],
        "ratio_ndcg": ours[f"ndcg@{K}"] / rows[best[f"ndcg@{K}"]].metrics[f"ndcg@{K}"],
        "ratio_recall": ours[f"recall@{K}"] / rows[best[f"recall@{K}"]].metrics[f"recall@{K}"],
    }
