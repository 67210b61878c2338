"""Averaged weights: how they follow a model, and that they are what is validated, kept and recalled."""

import numpy as np
import pytest
import torch
from torch import nn

from gnn import checkpoint
from gnn.averaging import Averaging
from gnn.checkpoint import Progress
from gnn.encoder import EncoderConfig
from gnn.errors import TrainingError
from gnn.model import TasksConfig
from gnn.train import TrainConfig, recall, train
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import snapshot

ENCODER, TASKS = EncoderConfig(embedding_size=8), TasksConfig()


def set_to(model, value):
    with torch.no_grad():
        model.weight.fill_(value)


@pytest.mark.parametrize("over", [0, 0.5, 1])
def test_over_one_step_or_less_what_learns_is_kept(over):
    model = nn.Linear(1, 1)
    averaging = Averaging(model, over)
    averaging.step()
    assert averaging.kept is model
    assert averaging.average is None


def test_the_newest_weights_count_most_and_older_ones_less_and_less():
    model = nn.Linear(1, 1)
    averaging = Averaging(model, 4)
    for value in (1.0, 2.0, 3.0):
        set_to(model, value)
        averaging.step()
    assert averaging.kept.weight.item() == pytest.approx(0.75 * (0.75 * 1 + 0.25 * 2) + 0.25 * 3)
    assert model.weight.item() == 3


def test_a_checkpoint_keeps_both_and_gives_the_average_to_serve(tmp_path):
    model = nn.Linear(1, 1)
    averaging = Averaging(model, 2)
    for value in (1.0, 3.0):
        set_to(model, value)
        averaging.step()
    checkpoint.save(tmp_path / "it", model, Progress(""), average=averaging.average)
    other = nn.Linear(1, 1)
    again = Averaging(other, 2)
    checkpoint.restore(tmp_path / "it", other, average=again.average)
    assert (other.weight.item(), again.kept.weight.item()) == (3, 2)
    for one, followed in ((model, averaging), (other, again)):
        set_to(one, 6.0)
        followed.step()
    assert again.kept.weight.item() == averaging.kept.weight.item() == 4
    checkpoint.restore_kept(tmp_path / "it", other)
    assert other.weight.item() == 2
    checkpoint.save(tmp_path / "it", model, Progress(""))
    checkpoint.restore_kept(tmp_path / "it", other)
    assert other.weight.item() == 6
    with pytest.raises(TrainingError, match="another graph or configuration"):
        checkpoint.restore(tmp_path / "it", other, average=again.average)


def test_what_is_trained_and_recalled_has_averaged_weights(tmp_path):
    data = build_learning_graph(snapshot())
    config = TrainConfig(epochs=4, average=2)
    trained, plain = train(data, ENCODER, TASKS, config, folder=tmp_path), train(data, ENCODER, TASKS, TrainConfig(epochs=4))
    recalled = recall(data, ENCODER, TASKS, config, folder=tmp_path)
    assert np.array_equal(trained.scorer().items, recalled.scorer().items)
    assert not np.allclose(trained.scorer().items, plain.scorer().items)
    assert [one.losses for one in trained.history] == [one.losses for one in plain.history]  # it learns as it would without
