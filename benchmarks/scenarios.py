"""What scenarios gain in the metrics of their tasks, and give up of the ranking's, on test, asked of Neo4j.

Ranking, rating and click are trained together as `hopline train` does with them; test interactions never enter the graph. Every
test user is asked for ten items in each order, and has given items put in it. Weights are a few round ones, not tuned:

* ndcg@10: of items met in test;
* liked@10: share of the ten that were met in test and rated 4 or 5; rated: mean rating of those of the ten that were met;
* auc_liked: of the user's test items, put in order, those rated 4 or 5 against the others;
* auc_met: the user's test items against as many that they never met, drawn at random.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import DataSet, find
from benchmarks.server import fresh_database
from gnn.metrics import find_hits, ndcg
from gnn.probability_metrics import auc
from gnn.topk import NOTHING
from hopline.config import read_config
from hopline.recommender import Recommender

SEEDS = (0, 1, 2)
K = 10
LIKED = 4.0
ORDERS: dict[str, dict[str, float] | None] = {
    "the model's": None,
    "ranking + 0.2 rating": {"ranking": 1.0, "rating": 0.2},
    "ranking + 0.5 rating": {"ranking": 1.0, "rating": 0.5},
    "ranking + rating": {"ranking": 1.0, "rating": 1.0},
    "ranking + 0.5 click": {"ranking": 1.0, "click": 0.5},
    "ranking + 0.5 click + 0.5 rating": {"ranking": 1.0, "click": 0.5, "rating": 0.5},
    "click": {"click": 1.0},
    "rating": {"rating": 1.0},
}


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return each order's figures, means over seeds and their spread, and the milliseconds a question takes."""
    data = find(dataset or "ml100k")
    tested = _tested(data)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ORDERS}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="hopline-scenarios-") as scratch, fresh_database() as database:
            folder = Path(scratch)
            data.copy_without_test(folder / "files")
            scenarios = {name: {"weights": weights} for name, weights in ORDERS.items() if weights is not None}
            config = read_config(
                run_folder=folder / "run",
                split=data.split_config(),
                tasks={"click": {}},
                train={"seed": seed},
                ask={"scenarios": scenarios},
            )
            recommender = Recommender(config, database)
            say(recommender.load(folder / "files").written.summary())
            recommender.fit()
            recommender.publish()
            for name, weights in ORDERS.items():
                found[name].append(_measure(recommender, data, tested, None if weights is None else name))
                say(f"seed {seed}, {name}: " + ", ".join(f"{key} {value:.4f}" for key, value in found[name][-1].items()))
    return {
        "dataset": data.name,
        "seeds": len(SEEDS),
        "orders": {name: {key: mean(one[key] for one in of) for key in of[0]} for name, of in found.items()},
        "spread": {name: {key: stdev(one[key] for one in of) for key in of[0]} for name, of in found.items()},
    }


def _tested(data: DataSet) -> dict[str, dict[str, float]]:
    """Return the rating of each test item, by user and item."""
    lines = next(data.folder.glob("*.inter")).read_text(encoding="utf-8").splitlines()[1:]
    rating = {tuple(line.split("\t")[:2]): float(line.split("\t")[2]) for line in lines}
    found: dict[str, dict[str, float]] = {}
    for user, item in data.pairs("test"):
        found.setdefault(user, {})[item] = rating[user, item]
    return found


def _measure(
    recommender: Recommender, data: DataSet, tested: Mapping[str, Mapping[str, float]], scenario: str | None
) -> dict[str, float]:
    """Ask for every test user in one order."""
    items = data.index("item_list")
    known: dict[str, set[str]] = {}
    for user, item in data.pairs("trainvalid"):
        known.setdefault(user, set()).add(item)
    rng = np.random.default_rng(0)
    told: dict[str, list[float]] = {name: [] for name in ("ndcg@10", "liked@10", "rated", "auc_liked", "auc_met", "seconds")}
    for user, ratings in tested.items():
        started = time.perf_counter()
        found = [str(item.id) for item in recommender.recommend(user, K, scenario=scenario).items]
        told["seconds"].append(time.perf_counter() - started)
        told["ndcg@10"].append(_ndcg(found, ratings, items))
        hits = [ratings[item] for item in found if item in ratings]
        told["liked@10"].append(sum(rating >= LIKED for rating in hits) / K)
        told["rated"] += hits
        strangers = [item for item in items if item not in ratings and item not in known.get(user, ())]
        drawn = rng.choice(strangers, min(len(ratings), len(strangers)), replace=False).tolist()
        scores = {str(one.id): one.score for one in recommender.rerank(user, [*ratings, *drawn], scenario=scenario).items}
        told["auc_met"].append(_auc(scores, {item: item in ratings for item in (*ratings, *drawn)}))
        of_tested = {str(one.id): one.score for one in recommender.rerank(user, list(ratings), scenario=scenario).items}
        told["auc_liked"].append(_auc(of_tested, {item: rating >= LIKED for item, rating in ratings.items()}))
    ask_ms = 1000 * median(told.pop("seconds"))
    return {name: float(np.nanmean(values)) for name, values in told.items()} | {"ask_ms": ask_ms}


def _ndcg(found: list[str], ratings: Mapping[str, float], items: Mapping[str, int]) -> float:
    top = np.full((1, K), NOTHING, np.int64)
    top[0, : len(found)] = [items.get(item, NOTHING) for item in found]
    relevant = np.sort(np.array([items[item] for item in ratings]))
    hits = find_hits(top, np.array([0, len(relevant)]), relevant, len(items))
    return float(ndcg(hits, np.array([len(relevant)]), K)[0])


def _auc(scores: Mapping[str, float], happened: Mapping[str, bool]) -> float:
    there = [item for item in happened if item in scores]
    score: NDArray[np.float64] = np.array([scores[item] for item in there])
    return auc(score, np.array([happened[item] for item in there], np.bool_))
