import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest
import torch

from gnn import checkpoint
from gnn.encoder import EncoderConfig
from gnn.errors import TrainingError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.model import TasksConfig
from gnn.tasks import RankingConfig
from gnn.train import TrainConfig, Validation, train
from loaders.sampling.learning_graph import build_learning_graph, out_scale
from tests.small_graphs import RATED, checkerboard, snapshot

ENCODER = EncoderConfig(embedding_size=8)
TASKS = TasksConfig(ranking=RankingConfig(batch_size=64))
QUICK = TrainConfig(epochs=4, fanout=5, whole_graph_gib=0)
WHOLE = TrainConfig(epochs=4)
WITHHELD = [(u, (u + 6) % 24) for u in range(24)]


def holdout(withheld=WITHHELD, size=24):
    seen, wanted = np.array(checkerboard(withheld=withheld)), np.array(withheld)
    return Holdout(Interactions(seen[:, 0], seen[:, 1], size, size), Interactions(wanted[:, 0], wanted[:, 1], size, size))


def vectors(trained):
    scorer = trained.scorer()
    return scorer.users, scorer.items


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_withheld_item_ranks_first_on_a_checkerboard():
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    trained = train(data, ENCODER, TASKS, TrainConfig(epochs=15), validation=Validation(holdout()))
    assert evaluate(trained.scorer(), holdout(), ks=(1,)).metrics["hit_rate@1"] == 1.0


def test_subgraphs_of_all_neighbours_give_what_the_whole_graph_gives():
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    whole, sampled = (
        train(data, ENCODER, TASKS, QUICK.model_copy(update={"fanout": -1, "whole_graph_gib": gib})) for gib in (1.0, 0.0)
    )
    for one, other in zip(vectors(whole), vectors(sampled), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3)
    for one, other in zip(whole.history, sampled.history, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=1e-3)


def test_one_seed_gives_the_same_vectors_whatever_the_number_of_workers():
    data = build_learning_graph(snapshot())
    first = vectors(train(data, ENCODER, TASKS, QUICK))
    for workers in (0, 2):
        again = train(data, ENCODER, TASKS, QUICK.model_copy(update={"num_workers": workers}))
        assert same(first, vectors(again))
    other = train(data, ENCODER, TASKS, QUICK.model_copy(update={"seed": 1}))
    assert not same(first, vectors(other))
    assert same(*(vectors(train(data, ENCODER, TASKS, WHOLE)) for _ in range(2)))


def test_batches_that_several_threads_share_give_the_same_bits_each_time():
    data = build_learning_graph(snapshot(checkerboard(120, 120), 120, 120, 12))
    encoder, tasks = EncoderConfig(embedding_size=64), TasksConfig(ranking=RankingConfig(batch_size=2048))
    for gib in (0.0, 4.0):
        trained = [
            vectors(train(data, encoder, tasks, TrainConfig(epochs=1, fanout=25, whole_graph_gib=gib))) for _ in range(4)
        ]
        assert all(same(trained[0], other) for other in trained[1:])


def test_every_task_learns_something():
    data = build_learning_graph(snapshot())
    history = train(data, ENCODER, TASKS, TrainConfig(epochs=20)).history
    assert set(history[0].losses) == {"ranking", "rating", "link"}
    for task, loss in history[0].losses.items():
        assert history[-1].losses[task] < loss


def test_a_task_without_examples_is_left_out():
    bare = snapshot()
    for triple, columns in bare.edges.items():
        if triple != RATED:
            columns.source.resize(0, refcheck=False)
            columns.target.resize(0, refcheck=False)
    history = train(build_learning_graph(bare), ENCODER, TASKS, TrainConfig(epochs=1)).history
    assert set(history[0].losses) == {"ranking", "rating"}


SCRIPT = """
    import os, signal, sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from tests.unit.gnn.test_train import *

    def die(epoch, step, steps):
        if epoch == 2 and step == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    config = QUICK.model_copy(update={{"average": {average}}})
    train(data, ENCODER, TASKS, config, validation=Validation(holdout()), folder=Path({folder!r}), on_step=die)
"""


@pytest.mark.parametrize("average", [0.0, 1.5])
def test_a_run_that_was_killed_goes_on_to_the_same_vectors(average, tmp_path, request):
    script = textwrap.dedent(SCRIPT).format(root=str(request.config.rootpath), folder=str(tmp_path / "run"), average=average)
    killed = subprocess.run(
        [sys.executable, "-c", script], check=False, env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    )
    assert killed.returncode == -signal.SIGKILL
    data, config = (
        build_learning_graph(snapshot(checkerboard(withheld=WITHHELD))),
        QUICK.model_copy(update={"average": average}),
    )
    resumed = train(data, ENCODER, TASKS, config, validation=Validation(holdout()), folder=tmp_path / "run")
    assert resumed.resumed_at == 2
    straight = train(data, ENCODER, TASKS, config, validation=Validation(holdout()))
    assert same(vectors(resumed), vectors(straight))
    assert resumed.best_epoch == straight.best_epoch


def test_a_finished_run_is_returned_as_it_is_and_another_one_starts_anew(tmp_path):
    data = build_learning_graph(snapshot())
    first = train(data, ENCODER, TASKS, QUICK, folder=tmp_path)
    again = train(data, ENCODER, TASKS, QUICK, folder=tmp_path)
    assert again.resumed_at == QUICK.epochs
    assert same(vectors(first), vectors(again))
    fewer = build_learning_graph(snapshot(), np.arange(100))
    assert train(fewer, ENCODER, TASKS, QUICK, folder=tmp_path).resumed_at == 0


def test_training_stops_when_validation_no_longer_gains_and_gives_the_best_epoch():
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    config = TrainConfig(epochs=60, validate_every=1, patience=3)
    trained = train(data, ENCODER, TASKS, config, validation=Validation(holdout()))
    assert len(trained.history) == trained.best_epoch + 3
    metrics = [record.metrics["ndcg@20"] for record in trained.history]
    assert trained.best_epoch == int(np.argmax(metrics)) + 1
    assert evaluate(trained.scorer(), holdout(), ks=(20,)).metrics["ndcg@20"] == max(metrics)


def test_a_loss_that_is_no_number_stops_with_the_task_and_the_last_good_state(tmp_path):
    broken = build_learning_graph(snapshot())
    broken.graph.nodes["User"].data[out_scale(RATED)][5] = np.inf
    with pytest.raises(TrainingError, match=r"epoch 1, step 1.*'ranking'.*no epoch was finished"):
        train(broken, ENCODER, TASKS, WHOLE, folder=tmp_path)


def test_a_graph_without_interactions_is_refused():
    with pytest.raises(TrainingError, match="no interaction"):
        train(build_learning_graph(snapshot(), np.arange(0)), ENCODER, TASKS, QUICK)


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / checkpoint.LAST).write_bytes(b"not a checkpoint")
    with pytest.raises(TrainingError, match="not a readable checkpoint"):
        train(build_learning_graph(snapshot()), ENCODER, TASKS, QUICK, folder=tmp_path)


@pytest.mark.parametrize("metric", ["ndcg", "nonsense@20"])
def test_an_unknown_metric_is_named(metric):
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    with pytest.raises(TrainingError, match=r"train\.metric"):
        train(
            data,
            ENCODER,
            TASKS,
            QUICK.model_copy(update={"metric": metric}),
            validation=Validation(holdout()),
        )


def test_another_validation_set_starts_anew(tmp_path):
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    train(data, ENCODER, TASKS, QUICK, validation=Validation(holdout()), folder=tmp_path)
    again = train(data, ENCODER, TASKS, QUICK, validation=Validation(holdout()), folder=tmp_path)
    assert again.resumed_at == len(again.history)
    other = Validation(holdout(withheld=WITHHELD[::2]))
    assert train(data, ENCODER, TASKS, QUICK, validation=other, folder=tmp_path).resumed_at == 0


def test_a_missing_value_is_no_example_of_the_rating_task():
    some = snapshot()
    some.edges[RATED].value[:50] = np.nan
    data = build_learning_graph(some)
    (source,) = TASKS.build(data, 8)[1].sources(data)
    drawn = source.draw(0, 0, 0, np.random.default_rng(0))
    assert len(drawn) == data.graph.num_edges(RATED) - 50
    assert np.isfinite(drawn.value).all()
    assert np.isfinite(train(data, ENCODER, TASKS, TrainConfig(epochs=1)).history[0].losses["rating"])


def test_who_nothing_is_known_about_has_no_vector():
    lonely = snapshot(checkerboard(num_users=23))
    bare = lonely.schema.model_copy(
        update={"nodes": tuple(kind.model_copy(update={"features": ()}) for kind in lonely.schema.nodes)}
    )
    users, _ = vectors(train(build_learning_graph(replace(lonely, schema=bare)), ENCODER, TASKS, TrainConfig(epochs=1)))
    assert not users[23].any()
    assert np.allclose(np.linalg.norm(users[:23], axis=1), 1, atol=1e-5)
