from rich.progress import Progress

from gnn.checkpoint import EpochRecord
from hopline.cli.output import Bars


def test_an_epoch_is_told_with_what_tasks_count_and_the_figure_that_stands_for_each(capsys):
    record = EpochRecord(
        epoch=3,
        losses={"ranking": 2.5, "click": 0.5},
        metrics={"ndcg@20": 0.25, "recall@20": 0.3, "click/auc": 0.875, "click/f1": 0.7},
        seconds=1.0,
        edges_per_s=1234.0,
        learning_rate=0.02,
        weights={"ranking": 1.0, "click": 0.1},
    )
    Bars(Progress(disable=True)).epoch(record)
    told = "epoch   3: loss ranking 2.500 × 1, click 0.500 × 0.1, ndcg@20 0.2500, click/auc 0.8750, 1,234 edges/s"
    assert told in capsys.readouterr().out
