from dataclasses import replace

import numpy as np
import pytest

from graph.schema import EdgeKind, EdgeRole, Schema
from graph.snapshot import EdgeColumns
from loaders.behaviours import BehavioursConfig, fading_of, positive_rows, read_event_weights, weigh_interactions
from loaders.errors import InputError
from loaders.interactions import read_interactions
from loaders.sampling.learning_graph import EXAMPLE, WEIGHT, build_learning_graph
from tests.small_graphs import SCHEMA, snapshot

DAY = 86_400
NOW = 1_700_000_000
BOUGHT, CART, DISLIKED = (
    EdgeKind(source="User", type=name, target="Item", role=EdgeRole.INTERACTION, value="value", time="time")
    for name in ("BOUGHT", "ADDED_TO_CART", "DISLIKED")
)


def of_kinds(**rows):
    """A snapshot whose interactions are (user, item, value, time) by kind."""
    kinds = {"bought": BOUGHT, "cart": CART, "disliked": DISLIKED}
    others = tuple(kind for kind in SCHEMA.edges if kind.role is not EdgeRole.INTERACTION)
    base = snapshot()
    edges = {kind.triple: base.edges[kind.triple] for kind in others}
    for name, events in rows.items():
        columns = list(zip(*sorted(events), strict=True)) or [(), (), (), ()]
        source, target, value, time = columns
        edges[kinds[name].triple] = EdgeColumns(
            np.asarray(source, np.int64),
            np.asarray(target, np.int64),
            np.asarray(value, np.float32),
            np.asarray(time, np.int64),
        )
    return replace(base, schema=Schema(nodes=SCHEMA.nodes, edges=(*(kinds[name] for name in rows), *others)), edges=edges)


def weigh(graph, **told):
    rows = {kind.triple: np.arange(len(graph.edges[kind.triple].source)) for kind in graph.schema.interactions}
    return weigh_interactions(graph, rows, BehavioursConfig.model_validate(told))


def test_events_of_one_behaviour_all_count_one_whichever_it_is():
    found = weigh(of_kinds(cart=[(0, 0, 2, NOW), (1, 1, 2, 5)]))
    assert found.event[CART.triple].tolist() == found.example[CART.triple].tolist() == [1, 1]
    assert found.gate == {CART.triple: 1}
    graph = build_learning_graph(of_kinds(cart=[(0, 0, 2, NOW), (1, 1, 2, 5)]))
    assert EXAMPLE not in graph.graph.edges[CART.triple].data


def test_a_higher_value_counts_more_as_an_example_by_its_place_among_all_and_passes_the_same_message():
    graph = of_kinds(cart=[(0, 0, 5, NOW), (1, 1, 1, NOW), (2, 2, 3, NOW), (3, 3, 3, NOW), (4, 4, np.nan, NOW)])
    found = weigh(graph)
    np.testing.assert_allclose(found.example[CART.triple], [1.375, 0.625, 1, 1, 1])
    assert found.event[CART.triple].tolist() == [1, 1, 1, 1, 1]
    assert weigh(graph, of={"cart": {"value": "ignore"}}).example[CART.triple].tolist() == [1, 1, 1, 1, 1]
    thousandfold = of_kinds(cart=[(0, 0, 5e3, NOW), (1, 1, -1, NOW), (2, 2, 3, NOW), (3, 3, 3, NOW), (4, 4, np.nan, NOW)])
    np.testing.assert_array_equal(weigh(thousandfold).example[CART.triple], found.example[CART.triple])


def test_a_half_life_halves():
    ages = (0, 30, 60)
    graph = of_kinds(bought=[(0, n, 1, NOW - age * DAY) for n, age in enumerate(ages)])
    for told in ({"half_life_days": 30}, {"of": {"purchase": {"half_life_days": 30}}}):
        np.testing.assert_allclose(weigh(graph, **told).event[BOUGHT.triple], [1, 0.5, 0.25])


def test_age_is_told_from_the_newest_of_the_rows_learnt_from():
    graph = of_kinds(bought=[(0, 0, 1, NOW - 30 * DAY), (0, 1, 1, NOW)])
    found = weigh_interactions(graph, {BOUGHT.triple: np.array([0])}, BehavioursConfig(half_life_days=30))
    assert found.event[BOUGHT.triple].tolist() == [1]


def test_what_has_no_time_counts_as_the_mean_of_what_has():
    graph = of_kinds(bought=[(0, 0, 1, NOW), (0, 1, 1, NOW - 30 * DAY), (0, 2, 1, 0)])
    np.testing.assert_allclose(weigh(graph, half_life_days=30).event[BOUGHT.triple], [1, 0.5, 0.75])


def test_earlier_sessions_count_less():
    graph = of_kinds(bought=[(0, 0, 1, NOW), (0, 1, 1, NOW - 7200), (0, 2, 1, NOW - 7000), (1, 0, 1, NOW - 9000)])
    found = weigh(graph, session_decay=0.5, session_gap_minutes=30)
    np.testing.assert_allclose(found.event[BOUGHT.triple], [1, 0.5, 0.5, 1])


def test_a_rating_counts_more_the_higher_it_is_and_nothing_from_neutral_down():
    graph = of_kinds(bought=[(0, n, value, NOW) for n, value in enumerate((1, 3, 4, 5, np.nan))])
    told = {"of": {"purchase": {"value": "rating", "neutral": 3}}}
    np.testing.assert_allclose(weigh(graph, **told).event[BOUGHT.triple], [0, 0, 0.5, 1, 0.375])
    assert positive_rows(graph, BehavioursConfig.model_validate(told)).tolist() == [False, False, True, True, True]


def test_an_amount_counts_more_the_more_it_is_up_to_its_cap():
    graph = of_kinds(bought=[(0, n, value, NOW) for n, value in enumerate((0, 1, 10, 20, 1e9))])
    event = weigh(graph, of={"purchase": {"value": "amount", "cap_quantile": 0.75}}).event[BOUGHT.triple]
    assert event[0] == 0 < event[1] < event[2] < event[3] == event[4]
    assert event.mean() == pytest.approx(1)


def test_a_cart_counts_half_a_purchase_and_a_dislike_nothing():
    graph = of_kinds(bought=[(0, 0, 1, NOW)], cart=[(0, 1, 1, NOW)], disliked=[(0, 2, 1, NOW)])
    found = weigh(graph)
    assert list(found.gate.values()) == [1, 0.5, 0]
    examples = [float(weight[0]) for weight in found.example.values()]
    assert examples[0] == 2 * examples[1] > examples[2] == 0
    assert np.mean(examples[:2]) == pytest.approx(1)
    assert positive_rows(graph, BehavioursConfig()).tolist() == [True, True, False]


def test_messages_weigh_by_event_and_are_the_same_for_events_all_older_by_as_much():
    weights = []
    for age in (0, 100 * DAY):
        graph = of_kinds(bought=[(0, 0, 1, NOW - age), (0, 1, 1, NOW - age - 30 * DAY)])
        data = build_learning_graph(graph, behaviours=BehavioursConfig(half_life_days=30)).graph.edges[BOUGHT.triple].data
        weights.append(data[WEIGHT].tolist())
    assert weights[0] == weights[1]
    assert weights[0][0] > weights[0][1] > 0


def test_a_behaviour_that_no_interaction_has_is_refused():
    with pytest.raises(InputError, match=r"names \['purchas'\]; the graph's interactions are \['purchase'\]"):
        weigh(of_kinds(bought=[(0, 0, 1, NOW)]), of={"purchas": {}})
    with pytest.raises(ValueError, match="needs neutral"):
        BehavioursConfig.model_validate({"of": {"rating": {"value": "rating"}}})


@pytest.mark.parametrize(
    "told",
    [
        {"of": {"purchase": {"weight": 2}, "cart": {"weight": 0.5}}},
        {"half_life_days": 30, "of": {"cart": {"half_life_days": 3, "weight": 1}}},
        {"session_decay": 0.5, "of": {"cart": {"weight": 1}}},
        {"of": {"purchase": {"value": "rating", "neutral": 3}, "cart": {"value": "amount", "weight": 1, "cap_quantile": 0.8}}},
    ],
)
def test_events_that_a_user_is_known_by_count_what_they_count_in_training(told):
    rng = np.random.default_rng(0)
    made = [(0, n, rng.integers(0, 6), NOW - int(rng.integers(0, 90 * DAY))) for n in range(40)] + [(0, 40, 5, NOW)]
    graph = of_kinds(bought=made[::2], cart=made[1::2])
    config, learnt = BehavioursConfig.model_validate(told), weigh(graph, **told)
    weights = read_event_weights(graph, np.arange(41), config)
    fading = fading_of(graph, read_interactions(graph), weights)
    newest = int(np.argmax(fading.time))
    in_training = np.concatenate([learnt.gate[kind.triple] * learnt.event[kind.triple] for kind in graph.schema.interactions])
    np.testing.assert_allclose(fading.when(np.arange(41), np.full(41, newest)), in_training, rtol=1e-5, atol=1e-7)
    stored = [
        [kind.type, value, time]
        for kind in graph.schema.interactions
        for value, time in zip(graph.edges[kind.triple].value.tolist(), graph.edges[kind.triple].time.tolist(), strict=True)
    ]
    np.testing.assert_allclose(weights.of_items([[event] for event in stored]), in_training, rtol=1e-5, atol=1e-7)


def test_events_that_a_user_is_known_by_count_alike_unless_somebody_tells_their_weights():
    graph = of_kinds(bought=[(0, 0, 1, NOW)], cart=[(0, 1, 1, NOW)], disliked=[(0, 2, 1, NOW)])
    assert read_event_weights(graph, np.arange(2), BehavioursConfig()).is_even
    told = BehavioursConfig.model_validate({"of": {"cart": {"weight": 0}}})
    counted = read_event_weights(graph, np.arange(2), told)
    assert {name: one.weight for name, one in counted.types.items()} == {"BOUGHT": 1, "ADDED_TO_CART": 0}
    assert not counted.is_even


def test_a_value_that_nobody_gave_sets_no_event_apart():
    graph = of_kinds(bought=[(0, 0, np.nan, NOW)])
    told = BehavioursConfig.model_validate({"of": {"purchase": {"value": "rating", "neutral": 3}}})
    assert read_event_weights(graph, np.arange(1), told).is_even
