"""Values of any of Neo4j's types come back from a column as what they were, in type as in worth."""

import pytest
import pytz
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

from graph.errors import CacheError
from graph.sync.values import from_column, from_text, to_column, to_text

BERLIN = pytz.timezone("Europe/Berlin")
VALUES = [
    *(None, True, 1, 1.0, -0.0, float("inf"), 2**63 - 1, "", "ü\u2028'\"\\", b"\x00\xff"),
    *([], [1, 2], [1.0], ["a"], [True], [Date(2020, 1, 1)]),
    *(Date(2020, 2, 29), Time(1, 2, 3, 4), Time(23, 59, 59, 999_999_999, tzinfo=pytz.FixedOffset(-90))),
    *(
        DateTime(2020, 1, 2, 3, 4, 5, 6),
        DateTime(1969, 1, 2, 3, tzinfo=pytz.FixedOffset(330)),
        DateTime(2020, 1, 1, tzinfo=pytz.utc),
    ),
    *(BERLIN.localize(DateTime(2020, 10, 25, 2, 30), is_dst=dst) for dst in (True, False)),
    *(Duration(months=1, days=-2, seconds=3, nanoseconds=4), Duration(seconds=-1, nanoseconds=-5)),
    *(WGS84Point((1.5, 2.5)), WGS84Point((1.5, 2.5, 3.0)), CartesianPoint((1.0, 2.0)), CartesianPoint((1.0, 2.0, 3.0))),
]
COLUMNS = [
    *(["a", None], [1, None], [1.0, None, float("nan")], [True, None], [None], [], [["a"], None, []], [[], []]),
    *([1, "1", 1.0, True], [[1], ["x"]], [1, True], [b"ab", "ab"], VALUES),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was(value):
    back = from_text(to_text(value))
    assert (type(back), repr(back)) == (type(value), repr(value))


def test_no_two_values_give_the_same_text():
    assert len({to_text(value) for value in VALUES}) == len(VALUES)


@pytest.mark.parametrize("values", COLUMNS, ids=str)
def test_a_column_comes_back_as_it_was_under_any_name(values):
    name, back = from_column(to_column("a:`b`", values))
    assert name == "a:`b`"
    assert list(map(repr, back)) == list(map(repr, values))


def test_a_value_of_another_type_is_refused():
    with pytest.raises(CacheError, match="complex"):
        to_column("a", [1j])
