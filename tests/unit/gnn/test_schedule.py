"""The learning rate is a function of how far a run is, and of nothing else."""

import math

import pytest

from gnn.schedule import FLOOR, rate_factor
from gnn.train import TrainConfig, Validation, train
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import snapshot
from tests.unit.gnn.test_train import ENCODER, TASKS, WITHHELD, checkerboard, holdout, same, vectors

COSINE = TrainConfig(epochs=6, schedule="cosine")


@pytest.fixture(scope="module")
def data():
    return build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))


def test_a_constant_rate_is_the_rate_to_the_bit():
    assert {0.02 * rate_factor("constant", done, 30) for done in (0, 1.5, 29.9)} == {0.02}


@pytest.mark.parametrize("schedule", ["cosine", "warmup-cosine"])
def test_the_rate_falls_to_its_floor_after_its_top(schedule):
    factors = [rate_factor(schedule, tenth / 10, 30) for tenth in range(301)]
    top = factors.index(max(factors))
    assert factors[top] == 1.0
    assert factors == sorted(factors[:top]) + sorted(factors[top:], reverse=True)
    assert factors[-1] == pytest.approx(FLOOR)
    assert (top > 0) == (schedule == "warmup-cosine")
    assert min(factors) >= FLOOR * (1 - 1e-9)


def test_fewer_epochs_follow_the_curve_of_all(data):
    """So a refit of the best epochs learns as the validated run did."""
    whole, fewer = train(data, ENCODER, TASKS, COSINE), train(data, ENCODER, TASKS, COSINE, epochs=3)
    rates = [record.learning_rate for record in whole.history]
    assert [record.learning_rate for record in fewer.history] == rates[:3]
    assert [record.losses for record in fewer.history] == [record.losses for record in whole.history[:3]]
    middle = 3 - 1 / 10  # the last of ten steps of the third epoch
    assert rates[2] == COSINE.learning_rate * (FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * middle / 6)) / 2)


def test_a_scheduled_run_that_was_cut_off_goes_on_to_the_same_vectors(data, tmp_path):
    def stop(record):
        if record.epoch == 3:
            raise KeyboardInterrupt

    told = {"validation": Validation(holdout()), "folder": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        train(data, ENCODER, TASKS, COSINE, **told, on_epoch=stop)
    resumed = train(data, ENCODER, TASKS, COSINE, **told)
    assert resumed.resumed_at == 3
    assert same(vectors(resumed), vectors(train(data, ENCODER, TASKS, COSINE, validation=Validation(holdout()))))
