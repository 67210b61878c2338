"""Training on sampled subgraphs against the whole graph: NDCG@20 on test, one configuration, three seeds.

Both learn from train and valid for as many epochs as the whole graph needed on valid, with the first seed;
``[train] whole_graph_gib`` is all that differs. ``fanout`` is the default. What is measured is the network's own ranking:
nothing is fused with it.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean, stdev
from typing import Any

from benchmarks.data_sets import find
from benchmarks.training.ours import graph_of
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.train import TrainConfig, Validation, train
from hopline.config import Config

K = 20
METRIC = f"ndcg@{K}"
SEEDS = (0, 1, 2)


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the mean and spread of either way, and the ratio of the means."""
    data = find(dataset or "ml100k")
    known, valid, both, test = (data.interactions(part) for part in ("train", "valid", "trainvalid", "test"))
    config, holdout = Config(), Holdout(both, test)
    epochs = train(
        graph_of(known), config.model, config.tasks, config.train, validation=Validation(Holdout(known, valid))
    ).best_epoch
    say(f"{epochs} epochs are best on valid")
    graph = graph_of(both)
    ways = {"whole": {"whole_graph_gib": TrainConfig().whole_graph_gib}, "sampled": {"whole_graph_gib": 0.0}}
    found: dict[str, dict[str, Any]] = {}
    for way, settings in ways.items():
        ndcg, seconds = [], []
        for seed in SEEDS:
            told = config.train.model_copy(update={**settings, "seed": seed})
            trained = train(graph, config.model, config.tasks, told, epochs=epochs)
            ndcg.append(evaluate(trained.scorer(), holdout, ks=(K,)).metrics[METRIC])
            seconds.append(sum(record.seconds for record in trained.history))
            say(f"{way}, seed {seed}: {METRIC} {ndcg[-1]:.4f}, {seconds[-1]:.1f} s")
        found[way] = {METRIC: mean(ndcg), "spread": stdev(ndcg), "by_seed": ndcg, "train_s": mean(seconds)}
    return {
        "dataset": data.name,
        "epochs": epochs,
        "fanout": config.train.fanout,
        **found,
        "ratio": found["sampled"][METRIC] / found["whole"][METRIC],
    }
