"""Training that diverges stops with the reason and the last good state."""

import numpy as np
import pytest
import torch

from gnn import checkpoint
from gnn.divergence import EXPLODED
from gnn.encoder import EncoderConfig
from gnn.errors import TrainingError
from gnn.model import MultiTaskModel, TasksConfig
from gnn.train import TrainConfig, Validation, train
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import RATED, snapshot
from tests.unit.gnn.test_train import ENCODER, TASKS, WITHHELD, checkerboard, holdout

QUICK = TrainConfig(epochs=4)


@pytest.fixture(scope="module")
def data():
    return build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))


@pytest.mark.parametrize("tie", [1e9, 1e38])
def test_a_tie_too_strong_is_named(data, tie):
    tasks = TASKS.model_copy(update={"tie": tie})
    with pytest.raises(TrainingError, match=r"in epoch 1, step \d+: the joint loss became .*lower tasks\.tie \(now 1e\+"):
        train(data, ENCODER, tasks, QUICK)


def test_a_learning_rate_too_high_is_named(data):
    with pytest.raises(TrainingError, match=r"in epoch 1, step 2: .*lower .*train\.learning_rate"):
        train(data, ENCODER, TASKS, QUICK.model_copy(update={"learning_rate": 1e6}))


def test_a_loss_that_explodes_with_finite_numbers_stops(data):
    with pytest.raises(TrainingError, match=rf"more than {EXPLODED:,.0f} times what it began with"):
        train(data, ENCODER, TASKS, QUICK.model_copy(update={"learning_rate": 50.0}))


def fail_after(data, folder, monkeypatch, epochs, break_it):
    """Train, with what ``break_it(model)`` does to the model after some epochs."""
    made = []
    init = MultiTaskModel.__init__
    monkeypatch.setattr(MultiTaskModel, "__init__", lambda self, *told: (init(self, *told), made.append(self))[0])
    train(
        data,
        ENCODER,
        TASKS,
        QUICK.model_copy(update={"validate_every": 1}),
        validation=Validation(holdout()),
        folder=folder,
        on_epoch=lambda record: break_it(made[-1]) if record.epoch == epochs else None,
    )


def set_nan(model):
    """Damage what the next step's loss is made of."""
    with torch.no_grad():
        model.tasks["rating"].tower.weight[0, 0] = float("nan")


def test_the_last_good_state_is_named_stays_whole_and_a_repaired_run_works(data, tmp_path, monkeypatch):
    with pytest.raises(TrainingError) as stopped:
        fail_after(data, tmp_path, monkeypatch, 2, set_nan)
    told = str(stopped.value)
    assert "in epoch 3, step 1: " in told
    assert f"the last good state is {tmp_path / checkpoint.LAST}, of epoch 2" in told
    assert f"{tmp_path / checkpoint.BEST}" in told
    model = MultiTaskModel(data, ENCODER, TASKS)
    checkpoint.restore(tmp_path / checkpoint.LAST, model)
    assert all(value.isfinite().all() for value in model.state_dict().values())
    monkeypatch.undo()
    repaired = train(data, ENCODER, TASKS, QUICK.model_copy(update={"learning_rate": 0.01}), folder=tmp_path)
    assert (repaired.resumed_at, len(repaired.history)) == (0, QUICK.epochs)


def test_a_parameter_that_no_loss_tells_of_is_found_before_its_state_is_saved(data, tmp_path, monkeypatch):
    def step(self, *_told):
        with torch.no_grad():
            next(iter(self.param_groups[0]["params"]))[0] = float("inf")

    monkeypatch.setattr(torch.optim.Adam, "step", step)
    one = TrainConfig(epochs=1)
    lonely = build_learning_graph(snapshot(checkerboard(num_users=23)))
    with pytest.raises(TrainingError, match=r"(no longer finite|became).*no epoch was finished"):
        train(lonely, ENCODER, TASKS, one, folder=tmp_path)
    assert not (tmp_path / checkpoint.LAST).exists()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_features_that_are_no_numbers_count_as_missing(bad):
    some, none = snapshot(), snapshot()
    some.nodes["User"].columns["age"][3] = bad
    none.nodes["User"].columns["age"][3] = np.nan
    one, other = (build_learning_graph(graph).features["User"].dense for graph in (some, none))
    assert np.isfinite(one).all()
    assert np.array_equal(one, other)
    assert np.isfinite(train(build_learning_graph(some), ENCODER, TASKS, TrainConfig(epochs=1)).scorer().users).all()


def test_values_of_one_class_only_are_no_task():
    same = snapshot()
    same.edges[RATED].value[:] = 4.0
    history = train(build_learning_graph(same), ENCODER, TASKS, TrainConfig(epochs=1)).history
    assert set(history[0].losses) == {"ranking", "link"}


def test_a_user_who_has_seen_everything_neither_breaks_training_nor_validation():
    pairs = sorted({*checkerboard(withheld=WITHHELD), *((3, item) for item in range(24))})
    graph = build_learning_graph(snapshot(pairs))
    wanted = holdout([pair for pair in WITHHELD if pair[0] != 3])
    trained = train(graph, EncoderConfig(embedding_size=8), TasksConfig(), QUICK, validation=Validation(wanted))
    assert np.isfinite(trained.scorer().users).all()
    assert trained.best_epoch
