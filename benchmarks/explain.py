"""Explanations by the model: how far a score falls without the paths named, beside as many relationships at random.

The network learns from train and valid, fused with nothing. For users of test, drawn at random, the item that it ranks first of
those they have not met is explained by ten paths. Beside our choice stand ten paths by count, as of a graph without a model
(each through another relationship of the user's, those first that most paths begin with), and ten of all paths. "Random" are
relationships of the same types and places as ours: at the user, at the item, or at a neighbour of either; means of draws.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import DataSet, find
from benchmarks.server import fresh_database
from gnn.attribution import Paths, Propagation, attribute, choose_paths, find_paths, measure_faithfulness
from gnn.bootstrap import mean_intervals
from hopline.config import read_config
from hopline.recommender import Recommender
from hopline.run_folder import Run, read_run

NUM_USERS = 200
NUM_PATHS = 10
DRAWS = 5
Ints = NDArray[np.int64]


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return mean drops, their ratio, and the share of pairs with a path whose score falls further than at random."""
    data = find(dataset or "ml100k")
    with tempfile.TemporaryDirectory(prefix="hopline-explain-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        data.copy_without_test(folder / "files")
        alone = {"ease": 0.0, "ials": 0.0}
        config = read_config(run_folder=folder / "run", split=data.split_config(), fuse=alone)
        recommender = Recommender(config, database)
        say(recommender.load(folder / "files").written.summary())
        recommender.fit()
        explainer = recommender.score_explainer()
        trained = read_run(config.run_folder)
    say(f"trained {trained.best_epoch} epochs in {trained.train_s:.0f} s")
    rng = np.random.default_rng(0)
    found, seconds, completeness = [], [], []
    for user, item in _pairs(data, trained, rng):
        started = time.perf_counter()
        explainer.explain(user, item, NUM_PATHS)
        seconds.append(time.perf_counter() - started)
        ends = explainer.ends(user, item)
        measured, error = _measure(explainer.steps, *ends, rng)
        completeness.append(error)
        if measured is not None:
            found.append(measured)
    drops = np.array(found)
    explained, random, by_count, any_path = drops.T
    is_above = np.column_stack([explained > random, explained > by_count, explained > any_path]).astype(np.float64)
    (low, high), *_ = mean_intervals(is_above)
    return {
        "dataset": data.name,
        "pairs": len(drops),
        "without_path": len(seconds) - len(drops),
        "paths": NUM_PATHS,
        "drop_explained": explained.mean(),
        "drop_random": random.mean(),
        "ratio": explained.mean() / random.mean(),
        "share_above_random": is_above[:, 0].mean(),
        "share_above_random_interval": [low, high],
        "drop_by_count": by_count.mean(),
        "share_above_by_count": is_above[:, 1].mean(),
        "drop_any_path": any_path.mean(),
        "share_above_any_path": is_above[:, 2].mean(),
        "completeness_error": max(completeness),
        "p50_ms": 1000 * float(np.median(seconds)),
        "p95_ms": 1000 * float(np.quantile(seconds, 0.95)),
    }


def _pairs(data: DataSet, trained: Run, rng: np.random.Generator) -> list[tuple[Any, Any]]:
    """Return users with something to find in test, and the item that is ranked first for each of what they have not met."""
    met: dict[str, set[str]] = {}
    for user, item in data.pairs("trainvalid"):
        met.setdefault(user, set()).add(item)
    users = {str(one): place for place, one in enumerate(trained.users.ids.tolist())}
    asked = sorted({user for user, _ in data.pairs("test")} & set(users))
    (items,) = trained.items
    ids = [str(one) for one in items.ids.tolist()]
    pairs = []
    for user in rng.choice(asked, min(NUM_USERS, len(asked)), replace=False).tolist():
        scores = items.vectors @ trained.users.vectors[users[user]]
        scores[[place for place, one in enumerate(ids) if one in met[user]]] = -np.inf
        pairs.append((user, ids[int(np.argmax(scores))]))
    return pairs


def _measure(
    steps: Propagation, user: int, item: int, rng: np.random.Generator
) -> tuple[tuple[float, float, float, float] | None, float]:
    """Return the drops by ours, at random, by count and by any paths, None without a path; and how far sums are off."""
    made = attribute(steps, user, item)
    error = abs(made.score - made.own - float(made.relationships.sum()))
    paths = find_paths(steps, user, item, made.relationships)
    chosen = choose_paths(paths, made.relationships, NUM_PATHS)
    if not chosen:
        return None, error
    ours = measure_faithfulness(
        steps, user, item, np.unique([one for path in chosen for one in path.relationships]), draws=DRAWS
    )

    def drop(places: Ints) -> float:
        named = np.unique(paths.relationships[places])
        return made.score - steps.score(user, item, named[named >= 0])

    number = len(chosen)
    by_count = drop(_by_count(paths, number))
    any_path = [drop(rng.choice(len(paths), number, replace=False)) for _ in range(DRAWS)]
    return (ours.drop, ours.drop_random, by_count, float(np.mean(any_path))), error


def _by_count(paths: Paths, number: int) -> Ints:
    """Return the first path of each relationship at the user, those first that are on most paths."""
    _, first, counts = np.unique(paths.relationships[:, 0], return_index=True, return_counts=True)
    return first[np.argsort(-counts, kind="stable")[:number]]
