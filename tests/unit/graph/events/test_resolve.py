"""What events mean in a graph: the kind that a behaviour names, ids and times as the graph has them, ids for events without."""

import pytest

from graph.errors import EventError
from graph.events import EventReader, EventsConfig
from graph.events.stored_forms import KeyForm, stored_time
from graph.inspect.sample import EdgeSample
from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema

NOW = 1_700_000_000.0


def interaction(type_, target="Good", **more):
    return EdgeKind(source="Person", type=type_, target=target, role=EdgeRole.INTERACTION, **more)


def fact(type_, target):
    return EdgeKind(source="Good", type=type_, target=target, role=EdgeRole.KNOWLEDGE)


VIEWED = interaction("VIEWED", time="at")
BOUGHT = interaction("BOUGHT", value="price")
READ = interaction("READ", "Article")
SCORED = interaction("SCORED", "Article")
SCHEMA = Schema(
    nodes=(
        NodeKind(label="Person", role=NodeRole.USER, features=(Feature(name="age", type=FeatureType.NUMERIC),)),
        NodeKind(
            label="Good",
            role=NodeRole.ITEM,
            title="name",
            features=(Feature(name="tags", type=FeatureType.MULTI), Feature(name="shape", type=FeatureType.VECTOR)),
        ),
        NodeKind(label="Article", role=NodeRole.ITEM),
        NodeKind(label="Maker", role=NodeRole.ENTITY),
        NodeKind(label="Town", role=NodeRole.ENTITY),
    ),
    edges=(VIEWED, BOUGHT, READ, SCORED, fact("MADE_BY", "Maker"), fact("FROM", "Maker"), fact("FROM", "Town")),
)


def reader(schema=SCHEMA, keys=None, times=None, **config):
    keys = {kind.label: KeyForm.TEXT for kind in schema.nodes} | (keys or {})
    samples = {kind: EdgeSample(kind.type, [], {}) for kind in schema.interactions} | (times or {})
    forms = {kind: stored_time(kind, sample) for kind, sample in samples.items()}
    return EventReader(schema, keys, forms, EventsConfig(**config), clock=lambda: NOW)


def read(one=None, **fields):
    return (one or reader()).read({"user": "u", "item": "i", "behaviour": "BOUGHT"} | fields)


def refused(one=None, **fields):
    with pytest.raises(EventError) as found:
        read(one, **fields)
    return str(found.value)


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("BOUGHT", BOUGHT),
        ("bought", BOUGHT),
        ("purchase", BOUGHT),
        ("buy", BOUGHT),
        ("browse", VIEWED),
        ("View", VIEWED),
        ("watch", READ),
        ("rating", SCORED),
        ("impression", None),
    ],
)
def test_a_behaviour_is_named_by_its_type_by_what_it_is_or_by_another_word_for_that(behaviour, kind):
    assert read(behaviour=behaviour, time=NOW).kind == kind


def test_a_behaviour_that_the_graph_does_not_have_is_refused_with_those_it_has():
    assert refused(behaviour="dislike") == "behaviour is none of browse, purchase, watch, rating, impression"
    assert refused(behaviour="dislike", domain="Article") == "behaviour is none of watch, rating, impression"
    assert refused(domain="Video") == "domain is none of Good, Article"


def test_the_first_domain_that_has_the_behaviour_is_meant_unless_one_is_named():
    both = Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, interaction("VIEWED", "Article")))
    assert read(reader(both), behaviour="view").item == "Good"
    assert read(reader(both), behaviour="view", domain="Article").item == "Article"
    assert read(reader(both), behaviour="impression", domain="Article", id="e1").item == "Article"


def test_a_behaviour_of_two_types_must_be_named_by_one_of_them():
    two = reader(Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, interaction("PAID"))))
    assert refused(two, behaviour="purchase") == "behaviour may be any of BOUGHT, PAID: name one of these"
    assert read(two, behaviour="PAID").kind.type == "PAID"


def test_ids_take_the_type_that_those_of_their_label_have():
    whole = reader(keys={"Person": KeyForm.WHOLE, "Good": KeyForm.EITHER})
    assert (read(whole, user="7").user_id, read(whole, user=7).user_id) == (7, 7)
    assert (read(whole, user=7, item="7").item_id, read(whole, user=7, item=7).item_id) == ("7", 7)
    assert refused(whole, user="ann") == "user is not a whole number, as the ids in the graph are"
    assert read(user=7).user_id == "7"


def test_properties_are_named_as_the_schema_has_them():
    assert read(value=3, time=NOW).properties == {
        "device": None,
        "place": None,
        "query": None,
        "scenario": None,
        "propensity": None,
        "price": 3.0,
        "time": 1_700_000_000,
    }
    assert read(behaviour="view", time=NOW - 0.5).properties["at"] == NOW - 0.5


def test_a_time_is_written_as_the_graphs_are():
    sample = EdgeSample("VIEWED", [(frozenset({"Person"}), frozenset({"Good"}))] * 2, {"at": [1_600_000_000_000, None]})
    assert read(reader(times={VIEWED: sample}), behaviour="view", time=NOW).properties["at"] == 1_700_000_000_000
    text = EdgeSample("VIEWED", sample.ends, {"at": ["2020-01-01T00:00:00Z", None]})
    assert read(reader(times={VIEWED: text}), behaviour="view", time=NOW).properties["at"] == "2023-11-14T22:13:20Z"


def test_a_clock_may_be_ahead_by_the_skew_and_no_more():
    assert read(time=NOW + 300).time == NOW + 300
    assert refused(time=NOW + 301) == "time is more than 300 s in the future"
    assert refused(reader(future_skew_s=0), time=NOW + 1) == "time is more than 0 s in the future"
    assert read().time == NOW


def test_an_event_without_an_id_has_that_of_what_it_says():
    said = read(time=NOW, value=1, context={"device": "phone"})
    assert (
        read(time="2023-11-14T22:13:20Z", value=1.0, behaviour="buy", context={"device": " phone "}).event_id == said.event_id
    )
    for change in ({"value": 2}, {"time": NOW - 1}, {"item": "j"}, {"user": "v"}, {"context": {}}, {"behaviour": "view"}):
        assert read(**{"time": NOW, "value": 1, "context": {"device": "phone"}} | change).event_id != said.event_id
    assert read(time=NOW, id="e1").event_id == "e1"
    assert read().event_id is None


def test_an_impression_must_be_told_from_others():
    assert refused(behaviour="impression").startswith("an impression needs an id or a time")
    shown = read(behaviour="impression", id="e1", propensity=0.25)
    assert (shown.kind, shown.properties["propensity"], shown.properties["event_id"]) == (None, 0.25, "e1")


def test_properties_and_facts_are_those_that_the_schema_declares():
    ready = read(
        user_properties={"age": 30},
        item_properties={"tags": ["a", "b"], "name": "Good one", "shape": [1, 2.5]},
        facts=[{"relation": "MADE_BY", "entity": 7}, {"relation": "FROM", "entity": "Rome", "label": "Town"}],
    )
    assert ready.user_properties == {"age": 30}
    assert ready.item_properties == {"tags": ["a", "b"], "name": "Good one", "shape": [1, 2.5]}
    assert [(kind.type, kind.target, key) for kind, key in ready.facts] == [("MADE_BY", "Maker", "7"), ("FROM", "Town", "Rome")]
    assert read(user_properties={"age": None}).user_properties == {}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user_properties": {"id": "other"}}, "user_properties has a name that is none of age"),
        ({"user_properties": {"age": "old"}}, "user_properties.age is not a number"),
        ({"item_properties": {"tags": "a"}}, "item_properties.tags is not a list of texts"),
        ({"item_properties": {"shape": [1, "x"]}}, "item_properties.shape is not a list of numbers"),
        ({"item_properties": {"name": 3}}, "item_properties.name is not a text"),
        (
            {"facts": [{"relation": "LIKES", "entity": 1}]},
            "facts.relation is none of MADE_BY, FROM, or facts.label does not fit",
        ),
        ({"facts": [{"relation": "FROM", "entity": 1}]}, "facts.label is needed, one of Maker, Town"),
    ],
)
def test_properties_and_facts_that_do_not_fit_are_refused(fields, reason):
    assert refused(**fields) == reason


def test_what_is_too_long_is_refused_unread():
    with pytest.raises(EventError, match="longer than 300 bytes"):
        reader(max_bytes=300).read(b" " * 301)


def test_what_gave_an_item_is_told_by_impressions_alone_and_of_an_experiment_with_its_variant():
    shown = {"release": 4, "experiment": "fused", "variant": "new", "answer": 12, "place": 2}
    found = read(behaviour="impression", time=NOW, shown=shown).properties
    assert {name: found[name] for name in shown} == shown | {"answer": "12"}
    assert refused(shown={"release": 4}) == "shown tells of impressions, and this is none"
    for half in ({"experiment": "fused"}, {"variant": "new"}):
        assert refused(behaviour="impression", time=NOW, shown=half) == "shown.experiment and shown.variant belong together"


def test_the_id_of_an_event_without_one_tells_what_gave_it_apart_and_stays_as_it_was_where_nothing_is_told():
    plain, one, other = (
        read(behaviour="impression", time=NOW, shown=shown).event_id
        for shown in ({}, {"answer": "a", "place": 1}, {"answer": "a", "place": 2})
    )
    assert len({plain, one, other}) == 3
    assert plain == "said 3d20a23509fe21edaccb5c406f7fbcdc"
