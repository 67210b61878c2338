"""What was shown and then clicked: the impression tells of it, whichever of the two comes first."""

import itertools

import pytest

from graph.events import EventReader, EventsConfig, EventWriter
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from tests.small_releases import rows

pytestmark = pytest.mark.integration
T, WINDOW_S = 1_750_000_000, 100.0
SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)),
    edges=(
        EdgeKind(source="User", type="CLICKED", target="Item", role=EdgeRole.INTERACTION, time="time"),
        EdgeKind(source="User", type="DISLIKED", target="Item", role=EdgeRole.INTERACTION, time="time"),
    ),
)


@pytest.fixture
def take(database):
    """Take in events, told in short as (behaviour, item, seconds after the start), in one batch."""
    writer = EventWriter(database, SCHEMA, WINDOW_S)
    reader = EventReader.of(database, SCHEMA, EventsConfig())

    def take(*events, user="u"):
        given = [
            {"user": user, "item": item, "behaviour": {"shown": "impression"}.get(what, what), "time": T + after}
            for what, item, after in events
        ]
        return writer.write([reader.read(one) for one in given])

    return take


def clicked(database):
    """Of each impression when it was and when it was clicked, both in seconds after the start."""
    found = rows(
        database,
        "MATCH ()-[s:HOPLINE_SHOWN]->(i) RETURN i.id AS item, s.time AS shown, s.clicked_at AS clicked ORDER BY item, shown",
    )
    return [(row["item"], row["shown"] - T, None if row["clicked"] is None else row["clicked"] - T) for row in found]


EVENTS = (("shown", "x", 0), ("click", "x", 30), ("shown", "y", 10), ("click", "z", 20), ("shown", "x", 40))


@pytest.mark.parametrize("together", [True, False])
def test_a_click_within_the_window_closes_the_impression_in_whatever_order_they_come(database, take, together):
    for order in itertools.islice(itertools.permutations(EVENTS), 0, None, 12):
        rows(database, "MATCH (n) DETACH DELETE n")
        if together:
            take(*order)
        else:
            for event in order:
                take(event)
        assert clicked(database) == [("x", 0, 30), ("x", 40, None), ("y", 10, None)]


@pytest.mark.parametrize("first", ["shown", "click"])
def test_a_click_before_the_impression_or_after_the_window_or_of_another_user_closes_nothing(database, take, first):
    for after, expected in ((0, 0), (WINDOW_S, WINDOW_S), (WINDOW_S + 1, None), (-1, None)):
        rows(database, "MATCH (n) DETACH DELETE n")
        events = sorted([("shown", "x", 0), ("click", "x", after)], key=lambda one: one[0] != first)
        for event in events:
            take(event)
        take(("click", "x", 5), user="somebody else")
        assert clicked(database) == [("x", 0, expected)]


def test_a_dislike_is_no_click(database, take):
    take(("shown", "x", 0), ("disliked", "x", 5))
    take(("shown", "x", 3))
    assert clicked(database) == [("x", 0, None), ("x", 3, None)]


def test_the_first_click_counts_and_one_that_is_told_of_later_may_be_it(database, take):
    take(("shown", "x", 0), ("click", "x", 50))
    take(("click", "x", 70))
    assert clicked(database) == [("x", 0, 50)]
    take(("click", "x", 20))
    assert clicked(database) == [("x", 0, 20)]


def test_events_that_come_again_close_nothing_anew(database, take):
    for _ in range(2):
        taken = take(("shown", "x", 0), ("click", "x", 50))
    assert (taken.new, len(taken.repeated)) == (0, 2)
    assert clicked(database) == [("x", 0, 50)]


def test_an_impression_keeps_what_gave_it(database):
    writer, reader = EventWriter(database, SCHEMA), EventReader.of(database, SCHEMA, EventsConfig())
    shown = {"release": 4, "experiment": "fused", "variant": "new", "answer": "3f2a", "place": 2}
    event = {"user": "u", "item": "x", "behaviour": "impression", "time": T, "propensity": 0.25, "shown": shown}
    writer.write([reader.read(event), reader.read(event | {"shown": shown | {"place": 3}})])
    kept = rows(database, "MATCH ()-[s:HOPLINE_SHOWN]->() RETURN properties(s) AS s ORDER BY s.place")
    assert [row["s"] for row in kept] == [
        shown | {"place": place, "time": T, "propensity": 0.25, "event_id": kept[at]["s"]["event_id"]}
        for at, place in enumerate((2, 3))
    ]
