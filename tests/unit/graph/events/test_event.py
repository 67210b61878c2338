"""What an event may say, and in which words it is refused."""

import json
import math
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import EventError
from graph.events import Event, read_event

LEAST = {"user": "u1", "item": "i1", "behaviour": "rating"}


def refused(given):
    with pytest.raises(EventError) as found:
        read_event(given)
    return str(found.value)


def test_an_event_is_the_same_from_text_from_fields_and_as_itself():
    fields = LEAST | {"value": 4, "time": 1_700_000_000, "context": {"device": "phone"}, "id": "e1", "propensity": 0.5}
    event = read_event(fields)
    assert read_event(json.dumps(fields)) == read_event(json.dumps(fields).encode()) == read_event(event) == event
    assert (event.value, event.time, event.context.device, event.id, event.propensity) == (4.0, 1.7e9, "phone", "e1", 0.5)


@pytest.mark.parametrize(
    "time",
    [
        1_700_000_000.25,
        1_700_000_000_250,
        1_700_000_000_250_000,
        1_700_000_000_250_000_000,
        "2023-11-14T22:13:20.25Z",
        "2023-11-14T23:13:20.250+01:00",
        "2023-11-14 22:13:20.25",
        datetime(2023, 11, 14, 22, 13, 20, 250_000, tzinfo=timezone.utc),
        datetime(2023, 11, 14, 23, 13, 20, 250_000, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_in_any_form_is_seconds(time):
    assert read_event(LEAST | {"time": time}).time == 1_700_000_000.25


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user": ""}, "user is empty"),
        ({"user": "  "}, "user is empty"),
        ({"user": 1.0}, "user is neither text nor a whole number of 64 bits"),
        ({"user": True}, "user is neither text nor a whole number of 64 bits"),
        ({"item": 2**63}, "item is neither text nor a whole number of 64 bits"),
        ({"item": None}, "item is neither text nor a whole number of 64 bits"),
        ({"item": "i" * 513}, "item is longer than 512 characters"),
        ({"item": "\ud800"}, "item is neither text nor a whole number of 64 bits"),
        ({"behaviour": ""}, "behaviour is empty"),
        ({"behaviour": 3}, "behaviour is not text"),
        ({"value": "4"}, "value is not a number"),
        ({"value": True}, "value is not a number"),
        ({"value": math.nan}, "value is not a number"),
        ({"value": 2.0**54}, "value is too large a number"),
        ({"time": "yesterday"}, "time is neither ISO 8601 nor a number since 1970"),
        ({"time": math.inf}, "time is neither ISO 8601 nor a number since 1970"),
        ({"time": True}, "time is neither ISO 8601 nor a number since 1970"),
        ({"time": -1}, "time is not in the years 1970 to 2099"),
        ({"time": "2100-01-01"}, "time is not in the years 1970 to 2099"),
        ({"id": ""}, "id is empty"),
        ({"propensity": 0}, "propensity is not above 0 and at most 1"),
        ({"propensity": 1.5}, "propensity is not above 0 and at most 1"),
        ({"context": "phone"}, "context is not an object of device, place, query and scenario"),
        ({"context": {"device": 3}}, "context.device is not text"),
        ({"context": {"query": "q" * 1001}}, "context.query is longer than 1000 characters"),
        ({"context": {"os": "x"}}, "has a key that is none of device, place, query, scenario"),
        ({"shown": {"release": 0}}, "shown.release is not a whole number from 1 on"),
        ({"shown": {"release": "4"}}, "shown.release is not a number"),
        ({"shown": {"place": 1.5}}, "shown.place is not a whole number from 1 on"),
        ({"shown": {"variant": 3}}, "shown.variant is not text"),
        ({"shown": {"answer": ""}}, "shown.answer is empty"),
        ({"shown": {"seed": "x"}}, "has a key that is none of release, experiment, variant, answer, place"),
        ({"shown": 4}, "shown is not an object of release, experiment, variant, answer and place"),
        ({"facts": [{"relation": "R"}]}, "facts.entity is missing"),
        ({"facts": {}}, "facts is not a list of relation, entity and label"),
        ({"item_properties": []}, "item_properties is not an object"),
        ({"item_properties": {f"p{n}": n for n in range(101)}}, "item_properties has more than 100 parts"),
    ],
)
def test_what_cannot_be_used_is_refused_by_the_name_of_the_field(change, reason):
    assert refused(LEAST | change) == reason


def test_a_field_that_is_missing_and_one_that_no_event_has_are_told():
    assert refused({"user": "u1", "behaviour": "rating"}) == "item is missing"
    assert refused(LEAST | {"rating": 4}).startswith("has a key that is none of user, item, behaviour, domain, value, time")


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"3", b"null", b"\xff\xfe{}", b'"text"', b'{"user": "\\ud800"'])
def test_what_is_no_object_is_told_so(text):
    assert refused(text) == "not a JSON object"


@pytest.mark.parametrize("given", [None, 3, ["user"], object()])
def test_values_that_are_no_fields_are_told_so(given):
    assert refused(given) == "not a JSON object"


@given(
    st.dictionaries(
        st.sampled_from([*Event.model_fields, "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_whatever_comes_is_an_event_or_refused_in_words_that_do_not_quote_it(fields):
    try:
        event, told = read_event(fields), "an event"
    except EventError as error:
        event, told = None, str(error)
    assert told.isprintable()
    assert len(told) < 200
    assert event is None or (str(event.user).strip() and str(event.item).strip())
