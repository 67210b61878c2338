"""Events into a real graph: each once, the latest of a pair, whatever comes first, and whoever else writes."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import neo4j
import pytest
from neo4j.exceptions import SessionExpired

from graph.database import Database
from graph.errors import DatabaseGoneError, EventError
from graph.events import EventReader, EventsConfig, EventWriter, forget, forget_events
from graph.publish import publish
from graph.recommend import recommend
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import read_snapshot
from graph.write import write_tables
from tests.small_releases import SCHEMA as RELEASED
from tests.small_releases import best, make_draft, rows, write_graph
from tests.small_tables import SCHEMA, small_tables

pytestmark = pytest.mark.integration
T = 1_650_000_000
DAY_NS = 86_400 * 10**9


class Intake:
    """A reader and a writer of one graph, told of events in short."""

    def __init__(self, database, schema=SCHEMA):
        self.writer = EventWriter(database, schema)
        self.reader = EventReader.of(database, schema, EventsConfig())

    def event(self, user="a", item="x", value=None, time=T, behaviour="rating", **more):
        return self.reader.read({"user": user, "item": item, "behaviour": behaviour, "value": value, "time": time} | more)

    def take(self, *events):
        return self.writer.write([self.event(**event) for event in events])


@pytest.fixture
def intake(database):
    return Intake(database)


def rated(database):
    text = "MATCH (u:User)-[r:RATED]->(i:Item) RETURN u.id AS user, i.id AS item, r.value AS value, r.time AS time"
    return [tuple(row.values()) for row in rows(database, f"{text} ORDER BY user, item")]


def count(database, text):
    return rows(database, f"{text} RETURN count(*) AS number")[0]["number"]


def test_users_items_and_interactions_are_made_on_arrival(database, intake):
    taken = intake.take({"value": 4, "context": {"device": "phone", "scenario": "home"}, "propensity": 0.5}, {"item": "y"})
    assert (taken.new, taken.repeated, taken.interactions, taken.nodes) == (2, (), 2, {"User": 1, "Item": 2})
    assert rated(database) == [("a", "x", 4.0, T), ("a", "y", None, T)]
    (row,) = rows(database, "MATCH ()-[r:RATED]->(:Item {id: 'x'}) RETURN properties(r) AS r")
    assert row["r"] == {"value": 4.0, "time": T, "device": "phone", "scenario": "home", "propensity": 0.5}


def test_an_event_that_comes_again_changes_nothing_by_its_id_or_by_what_it_says(database, intake):
    first = {"id": "e1", "value": 1}
    assert intake.take(first, first, {"item": "y"}, {"item": "y"}).repeated == (1, 3)
    again = intake.take(first | {"value": 5, "time": T + 9}, {"item": "y"})
    assert (again.new, again.repeated, again.interactions) == (0, (0, 1), 0)
    assert rated(database) == [("a", "x", 1.0, T), ("a", "y", None, T)]


def test_an_event_with_an_id_and_no_time_comes_again_without_moving_it(database, intake):
    intake.take({"id": "e1", "time": None, "value": 1})
    intake.take({"id": "e2", "time": None, "value": 2})
    before = rated(database)
    intake.take({"id": "e1", "time": None, "value": 1})
    assert rated(database) == before
    assert before[0][2] == 2.0


def test_of_a_pair_the_latest_event_counts_in_whatever_order_and_batches_they_come(database, intake):
    events = [{"user": f"u{n % 5}", "item": f"i{n % 3}", "time": T + n * 0.25, "value": n} for n in range(200)]
    random.Random(1).shuffle(events)
    for start in range(0, len(events), 17):
        intake.take(*events[start : start + 17])
    latest = {}
    for event in sorted(events, key=lambda event: event["time"]):
        latest[event["user"], event["item"]] = (float(event["value"]), event["time"])
    assert rated(database) == [(*pair, *latest[pair]) for pair in sorted(latest)]


def test_of_two_events_of_one_time_the_one_that_came_later_counts(database, intake):
    intake.take({"value": 1})
    intake.take({"value": 2}, {"value": 3})
    assert rated(database) == [("a", "x", 3.0, T)]


def test_an_undated_relationship_is_older_than_any_event(database, intake):
    rows(database, "CREATE (:User {id: 'a'})-[:RATED {value: 1.0}]->(:Item {id: 'x'})")
    assert intake.take({"value": 2}).interactions == 0
    assert rated(database) == [("a", "x", 2.0, T)]


def test_a_loaded_graph_goes_on_with_events_and_a_load_after_them_makes_no_pair_twice(database):
    tables = small_tables()
    write_tables(database, tables)
    intake = Intake(database)
    loaded = tables.edges[0].frame.sort("source", "target").row(0, named=True)
    events = [
        {"user": loaded["source"], "item": loaded["target"], "value": 9, "time": T},
        {"user": loaded["source"], "item": "new", "value": 9, "time": T},
    ]
    assert intake.take(*events).interactions == 1
    write_tables(database, tables)
    assert count(database, "MATCH (:User)-[:RATED]->(:Item)") == tables.edges[0].frame.height + 1
    snapshot = read_snapshot(database, SCHEMA)
    assert len(snapshot.edges["User", "RATED", "Item"].source) == tables.edges[0].frame.height + 1


def test_properties_and_facts_are_given_to_what_lacks_them_and_nothing_is_written_over(database, intake):
    event = {
        "user_properties": {"age": 30},
        "item_properties": {"title": "X", "genres": ["a", "b"]},
        "facts": [{"relation": "ABOUT", "entity": "e"}, {"relation": "MADE_BY", "entity": "z", "label": "Item"}],
    }
    taken = intake.take(event)
    assert taken.nodes == {"User": 1, "Item": 2, "Entity": 1}
    intake.take(event | {"time": T + 1, "item_properties": {"title": "Other"}, "user_properties": {"age": 50}})
    (found,) = rows(
        database,
        "MATCH (u:User)-[:RATED]->(i:Item) RETURN u.age AS age, i.title AS title, i.genres AS genres, "
        "[(i)-[r]->(n) | [type(r), labels(n)[0], n.id]] AS facts",
    )
    assert (found["age"], found["title"], found["genres"]) == (30, "X", ["a", "b"])
    assert sorted(found["facts"]) == [["ABOUT", "Entity", "e"], ["MADE_BY", "Item", "z"]]


def test_an_impression_is_recorded_each_time_and_is_no_interaction(database, intake):
    shown = {"behaviour": "impression", "propensity": 0.25, "context": {"scenario": "home"}}
    assert intake.take(shown | {"id": "s1"}, shown | {"id": "s2", "value": 3}).impressions == 2
    assert intake.take(shown | {"id": "s1"}).repeated == (0,)
    found = [
        row["r"]
        for row in rows(database, "MATCH (:User)-[r:HOPLINE_SHOWN]->(:Item) RETURN properties(r) AS r ORDER BY r.event_id")
    ]
    assert found == [
        {"event_id": "s1", "propensity": 0.25, "scenario": "home", "time": T},
        {"event_id": "s2", "propensity": 0.25, "scenario": "home", "time": T, "value": 3.0},
    ]
    assert rated(database) == []


def test_what_was_met_is_no_longer_recommended_and_what_was_shown_still_is(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, RELEASED, draft)
    intake = Intake(database, RELEASED)
    wanted, _ = best(draft, 1, 5)
    assert [item.id for item in recommend(database, RELEASED, "u1", 5).items] == wanted
    intake.take({"user": "u1", "item": wanted[0]})
    intake.take({"user": "u1", "item": wanted[2], "behaviour": "impression"})
    left, _ = best(draft, 1, 5, seen=wanted[:1])
    assert [item.id for item in recommend(database, RELEASED, "u1", 5).items] == left
    intake.take({"user": "new", "item": "i0"})
    found = recommend(database, RELEASED, "new", 40)
    assert (found.by_model, "i0" in {item.id for item in found.items}, len(found.items)) == (False, False, 39)


def test_interactions_that_a_graph_keeps_from_item_to_user_are_written_so(database):
    kind = EdgeKind(source="P", type="SEEN_BY", target="F", role=EdgeRole.INTERACTION, time="at", reversed=True)
    schema = Schema(nodes=(NodeKind(label="P", role=NodeRole.USER), NodeKind(label="F", role=NodeRole.ITEM)), edges=(kind,))
    rows(database, "CREATE (:P {id: 1})<-[:SEEN_BY {at: datetime('2020-01-01T00:00:00Z')}]-(:F {id: 2})")
    intake = Intake(database, schema)
    intake.take({"user": "1", "item": "2", "behaviour": "SEEN_BY"}, {"user": "3", "item": 2, "behaviour": "SEEN_BY"})
    intake.take({"user": "1", "item": "2", "behaviour": "SEEN_BY", "time": T - 9})
    found = rows(database, "MATCH (f:F)-[r:SEEN_BY]->(p:P) RETURN p.id AS p, f.id AS f, r.at.epochSeconds AS at ORDER BY p")
    assert [tuple(row.values()) for row in found] == [(1, 2, T), (3, 2, T)]


def test_where_a_graph_has_several_relationships_of_a_pair_the_latest_is_brought_up_to_date(database):
    rows(
        database,
        "CREATE (u:User {id: 'a'}), (i:Item {id: 'x'}), (u)-[:RATED {time: 5, value: 1.0}]->(i), "
        "(u)-[:RATED {time: 9, value: 2.0}]->(i)",
    )
    Intake(database).take({"value": 3})
    assert rated(database) == [("a", "x", 1.0, 5), ("a", "x", 3.0, T)]


def test_who_cannot_be_made_from_a_key_alone_is_refused_and_the_others_are_taken(database):
    user = NodeKind(label="Seat", key="hopline_id", key_from=("row", "place"), role=NodeRole.USER)
    schema = Schema(
        nodes=(user, NodeKind(label="Item", role=NodeRole.ITEM)),
        edges=(EdgeKind(source="Seat", type="RATED", target="Item", role=EdgeRole.INTERACTION),),
    )
    rows(database, "CREATE (:Seat {row: 'a', place: 1})")
    taken = Intake(database, schema).take({"user": "a|1"}, {"user": "b|2"})
    assert (taken.new, taken.nodes, taken.refused[0][0]) == (1, {"Item": 1}, 1)
    assert "the graph has no such Seat, and its key is made of row, place" in taken.refused[0][1]


def test_facts_that_lead_to_entities_who_share_a_key_are_refused(database, intake):
    rows(database, "CREATE (:Entity {id: 'e'}), (:Entity {id: 'e'})")
    taken = intake.take({"facts": [{"relation": "ABOUT", "entity": "e"}]}, {"item": "y"})
    assert taken.refused == ((0, "facts lead to Entity, of which two nodes share a id"),)
    assert taken.new == 1


def test_events_against_a_constraint_of_the_graph_are_refused_and_the_others_taken(database, intake):
    rows(database, "CREATE CONSTRAINT one_age FOR (u:User) REQUIRE u.age IS UNIQUE")
    events = [{"user": f"u{n}", "id": f"e{n}", "user_properties": {"age": n % 8}} for n in range(10)]
    taken = intake.take(*events, events[3])
    assert (taken.new, taken.nodes, taken.repeated) == (8, {"User": 8, "Item": 1}, (10,))
    assert taken.refused == tuple((place, "a constraint of the graph forbids what it would make") for place in (8, 9))
    assert [user for user, *_ in rated(database)] == [f"u{n}" for n in range(8)]
    assert count(database, "MATCH (e:HoplineEvent)") == 8


def test_writers_at_once_with_the_same_events_take_each_in_once(database, intake):
    others = [Intake(database) for _ in range(3)]
    events = [intake.event(user=f"u{n % 7}", item=f"i{n % 50}", time=T + n, value=n) for n in range(600)]
    orders = [random.Random(seed).sample(events, len(events)) for seed in range(4)]

    def work(one, order):
        return [one.writer.write(order[start : start + 50]) for start in range(0, len(order), 50)]

    with ThreadPoolExecutor(4) as pool:
        taken = [part for parts in pool.map(work, [intake, *others], orders) for part in parts]
    assert sum(part.new for part in taken) == 600
    assert sum(len(part.repeated) for part in taken) == 1800
    assert sum(part.interactions for part in taken) == 350
    latest = {(f"u{n % 7}", f"i{n % 50}"): (float(n), T + n) for n in range(600)}
    assert rated(database) == [(*pair, *latest[pair]) for pair in sorted(latest)]


def test_a_commit_whose_answer_was_lost_is_told_as_what_it_was(database, intake, monkeypatch):
    lost = []
    commit = neo4j.ManagedTransaction._commit

    def lose_one_answer(transaction):
        commit(transaction)
        if not lost:
            lost.append(transaction)
            raise SessionExpired("the answer was lost")

    monkeypatch.setattr(neo4j.ManagedTransaction, "_commit", lose_one_answer)
    taken = intake.take({"value": 1}, {"item": "y"}, {"behaviour": "impression", "id": "s"})
    assert len(lost) == 1
    assert (taken.new, taken.repeated, taken.interactions, taken.impressions, taken.nodes) == (
        3,
        (),
        2,
        1,
        {"User": 1, "Item": 2},
    )
    assert count(database, "MATCH ()-[:HOPLINE_SHOWN]->()") == 1


def test_a_database_that_is_away_is_tried_again_and_then_the_error_is_raised(intake, monkeypatch):
    away = []

    def gone(_database, _work, _doing):
        raise DatabaseGoneError("lost")

    event = intake.event()
    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", gone)
        with pytest.raises(DatabaseGoneError):
            intake.writer.write([event], 1.5, away.append)
    assert len(away) == 2
    assert intake.writer.write([event]).new == 1


def test_nothing_is_written_where_nothing_can_be_used(database, intake):
    with pytest.raises(EventError):
        intake.event(behaviour="unheard of")
    assert intake.writer.write([]).new == 0
    assert count(database, "MATCH (n:User)") == 0


def test_a_snapshot_holds_what_events_brought(database, intake):
    intake.take({"value": 4}, {"user": "b", "time": T + 0.75})
    snapshot = read_snapshot(database, SCHEMA)
    columns = snapshot.edges["User", "RATED", "Item"]
    assert columns.time.tolist() == [T, T]
    assert columns.value[0] == 4


def age(database, ids, days):
    text = "MATCH (e:HoplineEvent) WHERE e.id IN $ids SET e.received_ns = $at"
    rows(database, text, ids=ids, at=time.time_ns() - round(days * DAY_NS))


def test_only_ids_older_than_is_wanted_are_forgotten_in_however_many_batches(database, intake, monkeypatch):
    monkeypatch.setattr(forget, "_IDS_A_BATCH", 2)
    intake.take(*({"item": f"i{n}", "id": f"e{n}", "value": n} for n in range(7)))
    before = rated(database)
    age(database, [f"e{n}" for n in range(5)], 10)
    told = []
    assert forget_events(database, 10.5) == 0
    assert forget_events(database, 9.5, lambda _stage, done, _total: told.append(done)) == 5
    assert told == [2, 4, 5]
    assert {row["id"] for row in rows(database, "MATCH (e:HoplineEvent) RETURN e.id AS id")} == {"e5", "e6"}
    assert rated(database) == before
    assert forget_events(database, 9.5) == 0


def test_an_event_whose_id_was_forgotten_changes_nothing_of_its_pair_but_is_counted_anew(database, intake):
    events = [{"id": "old", "value": 3}, {"id": "seen", "behaviour": "impression"}, {"id": "young", "item": "y", "value": 1}]
    intake.take(*events)
    before = rated(database)
    age(database, ["old", "seen"], 400)
    assert forget_events(database, 365) == 2
    taken = intake.take(*events)
    assert (taken.new, taken.repeated, taken.interactions) == (2, (2,), 0)
    assert rated(database) == before
    assert count(database, "MATCH ()-[:HOPLINE_SHOWN]->()") == 2
