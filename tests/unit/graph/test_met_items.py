"""Of what a user met, the items that were liked last, as statements order them."""

import math

from graph.met_items import MetItem, last_liked


def met(*events):
    return [MetItem(item, time, is_liked, made) for made, (item, time, is_liked) in enumerate(events)]


def test_the_last_come_first_each_item_once_and_those_at_unknown_times_at_the_end():
    events = met(("a", 5.0, True), ("b", 7.0, True), ("c", math.nan, True), ("a", 9.0, True), ("d", math.nan, True))
    assert last_liked(events, 10) == ["a", "b", "d", "c"]
    assert last_liked(events, 2) == ["a", "b"]


def test_of_the_same_time_what_was_made_later_is_later():
    assert last_liked(met(("a", 5.0, True), ("b", 5.0, True)), 1) == ["b"]


def test_what_tells_of_no_liking_leads_nowhere():
    assert last_liked(met(("a", 5.0, False), ("b", 1.0, True), ("b", 8.0, False)), 10) == ["b"]
    assert last_liked([], 10) == []
