from dataclasses import replace

import numpy as np
import pytest

from gnn.encoder import EncoderConfig
from gnn.errors import TrainingError
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.model import TasksConfig
from gnn.probability_metrics import auc, calibration_error
from gnn.tasks import Click
from gnn.train import TrainConfig, Validation, train
from graph.schema import EdgeKind, EdgeRole, Schema
from loaders.attributes import read_attributes
from loaders.behaviours import BehavioursConfig
from loaders.errors import InputError
from loaders.features import FittedFeatures
from loaders.sampling.held_out import HeldEdges, hold_out_categories, hold_out_friends
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import RATED, checkerboard, edges, snapshot

WITHHELD = [(u, (u + 6) % 24) for u in range(24)]
ENCODER = EncoderConfig(embedding_size=16)
FRIENDS = ("User", "FRIEND", "User")
HELD = {RATED: HeldEdges(*np.array(WITHHELD).T, value=np.array([1 + (u + i) % 5 for u, i in WITHHELD], np.float32))}


def validation(held):
    seen, wanted = np.array(checkerboard(withheld=WITHHELD)), np.array(WITHHELD)
    return Validation(Holdout(Interactions(*seen.T, 24, 24), Interactions(*wanted.T, 24, 24)), held)


def figures(data, tasks, held, epochs=15):
    trained = train(data, ENCODER, TasksConfig(**tasks), TrainConfig(epochs=epochs, patience=20), validation=validation(held))
    return trained, trained.history[-1].metrics


@pytest.mark.parametrize("sharing", ["tower", "mmoe", "ple"])
@pytest.mark.parametrize("weighting", ["fixed", "uncertainty", "gradients"])
def test_a_withheld_pair_is_likelier_than_a_stranger_however_tasks_share_and_are_weighted(sharing, weighting):
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    tasks = {"click": {}, "weighting": weighting, "experts": {"sharing": sharing, "shared": 2, "hidden": 8}}
    _, metrics = figures(data, tasks, HELD, epochs=8)
    assert metrics["click/auc"] > 0.95


def test_predictors_say_what_the_figures_say_and_calibrated_ones_are_true():
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    trained, _ = figures(data, {"click": {}}, HELD)
    vectors = trained.model.shared_vectors(data)
    click = next(task for task in trained.model.each_task() if task.name == "click")
    predictors = click.predictors(vectors, data, click.calibrate(vectors, HELD, data))
    measured = click.measure(predictors, HELD, data)
    assert measured["click/auc"] > 0.95
    assert measured["click/ece"] < 0.2
    rating = next(task for task in trained.model.each_task() if task.name == "rating")
    last = rating.measure(rating.predictors(vectors, data, {}), HELD, data)
    assert last["rating/rmse"] > 0


def test_a_low_value_is_a_click_and_a_kind_that_counts_for_nothing_is_none():
    graph = snapshot(checkerboard(withheld=WITHHELD))
    low = BehavioursConfig(of={"rating": {"value": "rating", "neutral": 3.0}})
    levels = Click.levels(build_learning_graph(graph, behaviours=low))
    assert levels[RATED].all()
    none = BehavioursConfig(of={"rating": {"weight": 0.0}})
    assert not Click.levels(build_learning_graph(graph, behaviours=none))[RATED].any()
    assert not Click.held_levels(build_learning_graph(graph, behaviours=none), HELD)[RATED].any()


def test_where_it_is_known_what_was_shown_the_probability_is_that_of_a_click_on_what_is_shown():
    # Three of four items were shown; of those one cares for two of three were clicked, of the others one of nine.
    shown = [(u, i) for u in range(24) for i in range(24) if (u * 7 + i * 5) % 4]
    clicked = [(u, i) for u, i in shown if ((u * 5 + i) % 3 if u % 2 == i % 2 else (u + i * 7) % 9 == 0)]
    kinds = [EdgeKind(source="User", type=name, target="Item", role=EdgeRole.INTERACTION) for name in ("IMPRESSION", "CLICKED")]
    part = dict(zip(shown, np.random.default_rng(0).integers(4, size=len(shown)).tolist(), strict=True))

    def of_part(*parts):
        return {k.triple: [pair for pair in of if part[pair] in parts] for k, of in zip(kinds, (shown, clicked), strict=True)}

    base = snapshot()
    schema = Schema(nodes=base.schema.nodes, edges=(*kinds, *base.schema.edges[1:]))
    others = {kind.triple: base.edges[kind.triple] for kind in schema.edges[2:]}
    learnt = {etype: edges(pairs) for etype, pairs in of_part(0, 1).items()}
    data = build_learning_graph(replace(base, schema=schema, edges={**learnt, **others}))
    assert [set(level.tolist()) for level in Click.levels(data).values()] == [{0}, {1}]
    calibrated_on, measured_on = (
        {etype: HeldEdges(*np.array(pairs).T) for etype, pairs in of_part(number).items()} for number in (2, 3)
    )
    trained = train(data, ENCODER, TasksConfig(click={}), TrainConfig(epochs=15))
    vectors = trained.model.shared_vectors(data)
    click = next(task for task in trained.model.each_task() if task.name == "click")
    predictors = click.predictors(vectors, data, click.calibrate(vectors, calibrated_on, data))
    (one,) = predictors.values()
    of_shown, of_clicked = measured_on.values()
    mean = one.predict(of_shown.source, of_shown.target).mean()
    assert mean == pytest.approx(len(of_clicked.source) / len(of_shown.source), abs=0.1)
    assert click.measure(predictors, measured_on, data)["click/auc"] > 0.55


def test_friends_held_out_are_found_among_all_users():
    pairs = [(u, v) for u in range(24) for v in range(u + 2, 24, 2)]
    base = snapshot(checkerboard(withheld=WITHHELD))
    social = replace(base, edges={**base.edges, FRIENDS: edges(pairs)})
    kept, held = hold_out_friends(social, 0.1, seed=0)
    assert len(kept[FRIENDS]) + len(held[FRIENDS].source) == len(pairs)
    _, metrics = figures(build_learning_graph(social, kept_rows=kept), {"people": {}}, held)
    assert metrics["people/recall@20"] > 0.9


def test_a_category_that_follows_the_graph_is_foretold_of_nodes_held_out():
    base = snapshot(checkerboard(withheld=WITHHELD))
    items = replace(base.nodes["Item"], columns={"genres": [["even"] if i % 2 == 0 else ["odd"] for i in range(24)]})
    graph = replace(base, nodes={**base.nodes, "Item": items})
    kept, held = hold_out_categories(read_attributes(graph, ["Item.genres"]), 0.25, seed=0)
    inputs = FittedFeatures.fit(graph, leave_out={("Item", "genres")}).encode_all(graph)
    assert inputs["Item"].categories.shape[1] == 0
    data = build_learning_graph(graph, features=inputs, attributes=kept)
    _, metrics = figures(data, {"attribute": {"of": ["Item.genres"]}}, held)
    assert metrics["attribute/hit@1"] == 1.0


def test_a_property_that_is_not_there_or_has_one_category_is_refused():
    with pytest.raises(InputError, match=r"Item\.genres"):
        read_attributes(snapshot(), ["Item.colour"])
    with pytest.raises(InputError, match="two categories"):
        read_attributes(snapshot(), ["Item.genres"])


def test_a_task_is_learnt_by_itself_and_no_task_is_refused():
    data = build_learning_graph(snapshot(checkerboard(withheld=WITHHELD)))
    alone = {"ranking": None, "link": None, "click": {}, "rating": None}
    held = validation(HELD)
    trained = train(data, ENCODER, TasksConfig(**alone), TrainConfig(epochs=6, metric="click"), validation=held)
    assert trained.history[-1].metrics.keys() == {"click/auc"}
    assert trained.history[-1].metrics["click/auc"] > 0.9
    none = TasksConfig(**alone | {"click": None, "rating": {}})
    no_values = replace(snapshot(), edges={**snapshot().edges, RATED: edges(checkerboard())})
    with pytest.raises(TrainingError, match="no example of any task that is asked for: rating"):
        train(build_learning_graph(no_values), ENCODER, none, TrainConfig(epochs=1, metric="rating"))


@pytest.mark.parametrize("task", ["conversion"])
def test_a_task_that_is_asked_for_and_has_no_example_is_refused_by_name(task):
    with pytest.raises(TrainingError, match=task):
        train(build_learning_graph(snapshot()), ENCODER, TasksConfig(**{task: {}}), TrainConfig(epochs=1))


def test_the_order_of_probabilities_is_measured_with_ties_by_half_and_their_truth_by_bins():
    happened = np.array([True, False, True, False])
    assert auc(np.array([0.9, 0.1, 0.5, 0.5]), happened) == 0.875
    assert np.isnan(auc(np.array([0.1, 0.2]), np.array([True, True])))
    assert calibration_error(np.full(1000, 0.5), np.arange(1000) % 2 == 0) < 0.01


def test_values_are_learnt_without_a_jump_of_their_error():
    data = build_learning_graph(snapshot(checkerboard(60, 60), 60, 60))
    history = train(data, EncoderConfig(), TasksConfig(link=None), TrainConfig(epochs=8)).history
    assert max(record.losses["rating"] for record in history) < 1.5
