import numpy as np
import pytest

from loaders.behaviours import BehavioursConfig
from loaders.sampling import list_source
from loaders.sampling.learning_graph import build_learning_graph
from loaders.sampling.list_source import ListSource, inclusion_rates
from tests.small_graphs import RATED, checkerboard, snapshot


@pytest.fixture
def data():
    return build_learning_graph(snapshot(), behaviours=BehavioursConfig(of={"rating": {"value": "ignore"}}))


def pairs(examples):
    return {(int(examples.source[r]), int(examples.pool[c])) for r, c in zip(examples.row, examples.column, strict=True)}


@pytest.mark.parametrize("batch_size", [5, 24, 100])
def test_a_pass_gives_every_pair_once(data, batch_size):
    source = ListSource.of_edges(data, RATED, batch_size, 3)
    drawn = [source.draw(0, 0, step, np.random.default_rng(step)) for step in range(source.num_batches)]
    assert sum(len(examples) for examples in drawn) == data.graph.num_edges(RATED)
    assert set().union(*map(pairs, drawn)) == set(checkerboard())


def test_what_somebody_chose_is_in_the_pool_for_itself_and_the_others_stand_for_all_there_are():
    some = build_learning_graph(snapshot([(u, i) for u, i in checkerboard() if i < 4]))
    source = ListSource.of_edges(some, RATED, 24, 5)
    for step in range(20):
        examples = source.draw(0, 0, step, np.random.default_rng(step))
        chosen = np.isin(examples.pool, np.arange(4))
        assert len(set(examples.pool)) == len(examples.pool) == 9
        assert (np.sort(examples.pool) == examples.pool).all()
        np.testing.assert_allclose(np.exp(examples.log_rate[chosen]), 1)
        np.testing.assert_allclose(np.exp(examples.log_rate[~chosen]), 20 / 5, rtol=1e-6)


def test_every_item_that_nobody_chose_is_drawn_as_often():
    some = build_learning_graph(snapshot([(u, i) for u, i in checkerboard() if i in (3, 8, 9)]))
    source = ListSource.of_edges(some, RATED, 24, 3)
    counts = np.zeros(24)
    for step in range(2000):
        counts[source.draw(0, 0, step, np.random.default_rng(step)).pool] += 1
    assert (counts[[3, 8, 9]] == 2000).all()
    others = np.delete(counts, [3, 8, 9])
    assert abs(others / 2000 - 3 / 21).max() < 0.04


def test_a_pool_of_all_items_is_the_catalogue(data):
    examples = ListSource.of_edges(data, RATED, 24, 24).draw(0, 0, 0, np.random.default_rng(0))
    assert examples.log_rate is None
    assert examples.pool.tolist() == list(range(24))


def test_two_edges_of_one_pair_are_one_choice_that_counts_both():
    twice = build_learning_graph(
        snapshot([*checkerboard(), (0, 0)]), behaviours=BehavioursConfig(of={"rating": {"value": "ignore"}})
    )
    examples = ListSource.of_edges(twice, RATED, 24, 24).draw(0, 0, 0, np.random.default_rng(0))
    assert len(examples) == len(checkerboard())
    assert examples.weight[(examples.row == 0) & (examples.column == 0)].tolist() == [2.0]


def test_a_large_catalogue_makes_batches_of_fewer_users(data, monkeypatch):
    monkeypatch.setattr(list_source, "SCORES_A_STEP", 24 * 6)
    source = ListSource.of_edges(data, RATED, 24, 24)
    assert source.batch_size == 6
    assert source.num_batches == 4


def test_places_in_a_subgraph_name_the_same_nodes(data):
    examples = ListSource.of_edges(data, RATED, 6, 3).draw(0, 0, 1, np.random.default_rng(0))
    seeds = {label: np.unique(np.concatenate([nodes, [0, 23]])) for label, nodes in examples.nodes().items()}
    placed = examples.relabel(seeds)
    assert (seeds["User"][placed.source] == examples.source).all()
    assert (seeds["Item"][placed.pool] == examples.pool).all()


def test_of_many_items_that_were_chosen_some_stand_for_all_without_bias(data, monkeypatch):
    monkeypatch.setattr(list_source, "CHOSEN_A_STEP", 9)
    uneven = build_learning_graph(
        snapshot([(u, i) for u, i in checkerboard() if (u + 2 * i) % 5]),
        behaviours=BehavioursConfig(of={"rating": {"value": "ignore"}}),
    )
    source = ListSource.of_edges(uneven, RATED, 24, 3)
    told, pool, draws = {}, np.zeros(24), 3000
    for step in range(draws):
        examples = source.draw(0, 0, step, np.random.default_rng(step))
        stands_for = np.exp(examples.log_rate)
        pool[examples.pool] += stands_for
        for row, column, weight in zip(examples.row, examples.column, examples.weight, strict=True):
            pair = (int(examples.source[row]), int(examples.pool[column]))
            told[pair] = told.get(pair, 0) + weight / len(examples) / draws
    assert len(told) == source.num_edges
    assert np.array(list(told.values())) * source.num_edges == pytest.approx(1, rel=0.15)
    assert pool / draws == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("times", [[1, 1, 1, 1], [5, 1, 1, 1], [100, 50, 1, 1, 1, 1], [3, 2, 2, 1, 9]])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_items_are_likelier_the_more_often_they_were_chosen_and_as_many_as_asked_for(times, number):
    rates = inclusion_rates(np.array(times), number)
    assert rates.sum() == pytest.approx(number)
    assert (rates > 0).all()
    assert (rates <= 1).all()
    order = np.argsort(times)
    assert (np.diff(rates[order]) >= -1e-12).all()
