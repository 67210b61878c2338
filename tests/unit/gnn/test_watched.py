"""What decides when training stops is named as people name it, and what cannot be is refused with the names there are."""

import pytest

from gnn.errors import TrainingError
from gnn.model import TasksConfig
from gnn.watched import ranking_metric, watched

TASKS = TasksConfig(click={}, ranking={"metric": "recall@10"}, rating={"metric": "mae"}, link=None)


@pytest.mark.parametrize(
    ("metric", "key"),
    [
        ("ranking", "recall@10"),
        ("ndcg@5", "ndcg@5"),
        ("ranking.ndcg@5", "ndcg@5"),
        ("click", "click/auc"),
        ("click.auc", "click/auc"),
        ("rating", "rating/mae"),
        ("rating.rmse", "rating/rmse"),
    ],
)
def test_a_task_stands_for_the_metric_it_declares_and_any_of_its_metrics_can_be_named(metric, key):
    assert watched(metric, TASKS).key == key


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("speed@20", r"expected one of .*ndcg@k.*click\.auc"),
        ("ndcg", "expected one of"),
        ("ndcg@0", "expected one of"),
        ("click.mrr", "the metrics of click are auc"),
        ("ranking.ndcg", "a cut-off"),
        ("link.mrr", r"\[tasks\.link\] is not learnt"),
        ("nothing.auc", "expected one of"),
    ],
)
def test_an_unknown_name_is_told_with_those_there_are(metric, told):
    with pytest.raises(TrainingError, match=rf"train\.metric is '{metric}'.*{told}"):
        watched(metric, TASKS)


def test_of_errors_less_is_better():
    assert watched("rating", TASKS).gain({"rating/mae": 2.0}) < watched("rating", TASKS).gain({"rating/mae": 1.0})
    assert watched("click", TASKS).gain({"click/auc": 0.9}) > watched("click", TASKS).gain({"click/auc": 0.8})


def test_what_nothing_measures_is_told_with_what_is_measured():
    with pytest.raises(TrainingError, match=r"asks for click\.auc, and nothing of what is held out measures it.*ndcg@20"):
        watched("click", TASKS).gain({"ndcg@20": 0.5})


def test_rankings_are_judged_by_their_own_metric_whatever_is_watched():
    assert ranking_metric("click", TASKS) == "recall@10"
    assert ranking_metric("ndcg@5", TASKS) == "ndcg@5"
