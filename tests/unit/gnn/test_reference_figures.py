"""The baselines on public splits, against the figures that other libraries reached on them.

The data may not be shipped, so it is looked for beside the repository and the tests skip without it.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gnn.baselines import EASE, IALS, ItemKNN, Popularity, RP3beta
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions

SPLITS = Path(__file__).parents[4] / "shared" / "data" / "splits"

pytestmark = pytest.mark.skipif(not SPLITS.is_dir(), reason="the shared data sets are not beside the repository")


@cache
def read_split(name):
    users, items = (dict(np.loadtxt(SPLITS / name / f"{kind}_list.txt", dtype=np.int64).tolist()) for kind in ("user", "item"))

    def read(part):
        pairs = np.loadtxt(SPLITS / name / f"{part}.txt", dtype=np.int64).tolist()
        index = np.array([(users[user], items[item]) for user, item in pairs])
        return Interactions(index[:, 0], index[:, 1], len(users), len(items))

    train = read("trainvalid")
    return train, Holdout(train, read("test"))


@pytest.mark.parametrize(
    ("split", "model", "recall", "ndcg"),
    [
        ("ml100k", Popularity(), 0.1738, 0.2128),
        ("ml100k", ItemKNN(neighbours=200, shrinkage=0), 0.3321, 0.3945),
        ("ml100k", EASE(reg=400), 0.3666, 0.4408),
        ("ml100k", RP3beta(alpha=1.0, beta=0.6, neighbours=100), 0.3306, 0.3918),
        ("lastfm-kg", Popularity(), 0.1963, 0.0926),
        ("lastfm-kg", ItemKNN(neighbours=1000, shrinkage=10), 0.3939, 0.2372),
        ("lastfm-kg", EASE(reg=50), 0.3896, 0.2329),
        ("lastfm-kg", RP3beta(alpha=1.0, beta=0.2, neighbours=200), 0.3712, 0.2173),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "GRID") else None,
)
def test_figures_of_other_libraries_are_reached(split, model, recall, ndcg):
    train, holdout = read_split(split)
    model.fit(train.user_index, train.item_index, train.num_users, train.num_items)
    metrics = evaluate(model, holdout).metrics
    assert (metrics["recall@20"], metrics["ndcg@20"]) == pytest.approx((recall, ndcg), abs=0.003)


@pytest.mark.parametrize(
    ("split", "model", "recall", "ndcg"),
    [
        ("ml100k", IALS(unobserved=0.1, reg=0.03), 0.3573, 0.4204),
        ("lastfm-kg", IALS(unobserved=0.1, reg=0.01), 0.3825, 0.2286),
    ],
    ids=["ml100k", "lastfm-kg"],
)
def test_ials_ranks_no_worse_than_the_library_of_that_name(split, model, recall, ndcg):
    train, holdout = read_split(split)
    metrics = evaluate(model.fit(train.user_index, train.item_index, train.num_users, train.num_items), holdout).metrics
    assert metrics["recall@20"] > recall - 0.003
    assert metrics["ndcg@20"] > ndcg - 0.003
