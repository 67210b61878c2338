"""Tasks learnt together beside each learnt alone, and ratings beside tuned biased matrix factorisation, on test.

Every model is trained on the train split for as many epochs as are best on valid, by its own task's metric (together: by the
ranking's), then as long on train and valid; test is measured on once. Single models have the same configuration with
one task; that of ratings a lower learning rate, as at 0.02 it knows them by heart before it has learnt from them.
Of the facts, some are held out for test before anything is learnt. What is measured of ranking is the network's, fused with
nothing. Ratios are of means over three seeds, so that above 1 is better: of errors, the inverse.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np

from benchmarks.biased_mf import Ratings, tuned
from benchmarks.data_sets import find
from benchmarks.server import fresh_database
from gnn.evaluate import evaluate
from gnn.foretell import foretell, measure_all
from gnn.model import TasksConfig
from graph.progress import silent
from graph.snapshot import EdgeColumns, Snapshot, read_snapshot
from hopline.config import Config, read_config
from hopline.fit import learn
from hopline.recommender import Recommender
from hopline.split_log import Prepared, prepare
from hopline.validated_part import hold_out
from loaders.sampling.held_out import HeldEdges, held_interactions, hold_out_facts
from loaders.sampling.learning_graph import EdgeType

SEEDS = (0, 1, 2)
FACTS_SEED = 1000
FACTS_HELD_OUT = 0.05
TASKS: dict[str, dict[str, Any]] = {"ranking": {}, "rating": {}, "click": {}, "link": {}}
ALONE = {"rating": {"learning_rate": 0.002}}  # best on valid, seed 0, of 0.02, 0.005, 0.002 and 0.001
JUDGED_BY = {"ranking": "ndcg@20", "rating": "rating/rmse", "click": "click/auc", "link": "link/mrr"}
SHOWN = (*JUDGED_BY.values(), "recall@20", "rating/mae", "click/f1", "link/hits@10")
_ERRORS = ("rmse", "mae")


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return means over seeds, their spread, and the ratios of learning together to learning alone."""
    data = find(dataset or "ml100k")
    with tempfile.TemporaryDirectory(prefix="hopline-tasks-") as scratch:
        split = data.split_config() | {"test_file": data.split / "test.txt"}
        config = read_config(run_folder=Path(scratch), split=split)
        with fresh_database() as database:
            recommender = Recommender(config, database)
            say(recommender.load(data.folder).written.summary())
            snapshot, facts = _without_test_facts(read_snapshot(database, recommender.schema))
        prepared = prepare(snapshot, config.clean, config.behaviours, config.split, int(time.time()))
        models: dict[str, dict[str, Any]] = {name: _alone(name) for name in TASKS} | {"joint": TASKS}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in models}
        for seed in SEEDS:
            for name, tasks in models.items():
                metric = name if name in TASKS else "ranking"
                train = {"seed": seed, "metric": metric} | ALONE.get(name, {})
                told = config.changed({"tasks": TasksConfig.model_validate(tasks), "train": train})
                found[name].append(_measure(prepared, told, facts))
                say(f"{name}, seed {seed}: " + ", ".join(f"{key} {value:.4f}" for key, value in found[name][-1].items()))
    means = {name: {key: mean(one[key] for one in of) for key in of[0]} for name, of in found.items()}
    spread = {name: {key: stdev(one[key] for one in of) for key in of[0]} for name, of in found.items()}
    ratios = {task: _ratio(key, means["joint"][key], means[task][key]) for task, key in JUDGED_BY.items()}
    figures = {
        "dataset": data.name,
        "single": {task: means[task] for task in TASKS},
        "joint": {task: {key: means["joint"][key] for key in means[task]} for task in TASKS},
        "spread": {"single": {task: spread[task] for task in TASKS}, "joint": spread["joint"]},
        "ratios": ratios,
        "worst_ratio": min(ratios.values()),
        "num_better": sum(ratio >= 1.01 for ratio in ratios.values()),
    }
    return figures | _beside_biased_mf(prepared, means["joint"]["rating/rmse"], say)


def _alone(task: str) -> dict[str, Any]:
    return {name: TASKS[name] if name == task else None for name in TASKS}


def _without_test_facts(snapshot: Snapshot) -> tuple[Snapshot, dict[EdgeType, HeldEdges]]:
    """Return the snapshot without some facts, and these, to measure link prediction on. They have no value and no time."""
    kept, held = hold_out_facts(snapshot, FACTS_HELD_OUT, FACTS_SEED)
    edges = dict(snapshot.edges)
    for triple, rows in kept.items():
        of = snapshot.edges[triple]
        edges[triple] = EdgeColumns(of.source[rows], of.target[rows], value=None, time=None)
    return replace(snapshot, edges=edges), held


def _measure(prepared: Prepared, config: Config, facts: Mapping[EdgeType, HeldEdges]) -> dict[str, float]:
    """Train as configured and return the figures of its tasks on test."""
    part = hold_out(prepared, config, silent, lambda _report: None)
    validated, trained = learn(prepared, part, config)
    found: dict[str, float] = {}
    if config.tasks.ranking is not None:
        found |= evaluate(trained.scorer(), prepared.split_log.test(), ks=(20,)).metrics
    predictors = foretell(validated, trained, part.validation.edges).predictors
    found |= measure_all(trained, predictors, held_interactions(prepared.snapshot, prepared.split_log.split.test))
    vectors = trained.model.shared_vectors(trained.data)
    for task in trained.model.each_task():
        if task.name == "link":
            found |= task.figures(vectors, facts, trained.data)
    return {name: found[name] for name in SHOWN if name in found}


def _ratio(name: str, joint: float, single: float) -> float:
    return single / joint if name.rpartition("/")[2] in _ERRORS else joint / single


def _beside_biased_mf(prepared: Prepared, rmse: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Return biased matrix factorisation's error on test, its settings, and its ratio to ours."""
    log, split = prepared.split_log.log, prepared.split_log.split
    train, valid, both, test = (
        Ratings(log.user_index[rows], log.item_index[rows], log.value[rows].astype(np.float64))
        for rows in (split.train, split.valid, prepared.split_log.learnt, split.test)
    )
    model, settings = tuned(train, valid, both, len(log.user_ids), len(log.items))
    of_mf = model.rmse(test)
    say(f"biased matrix factorisation: RMSE {of_mf:.4f} with {settings}")
    return {"biased_mf": settings | {"rmse": of_mf}, "rmse_ratio_mf": of_mf / rmse}
