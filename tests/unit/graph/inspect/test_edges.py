"""What counts tell of the ends of relationships, and which properties say when and how much."""

from collections import Counter

import neo4j.time
import pytest

from graph.counts import GraphCounts
from graph.inspect.edges import Joined, choose_time, choose_value, ends_of

N = 20


def test_ends_follow_where_one_side_has_one_label():
    counts = GraphCounts(
        nodes=Counter(A=5, B=5, C=5),
        num_nodes=15,
        types=Counter(R=6, S=4),
        leaving=Counter({("R", "A"): 6, ("S", "A"): 2, ("S", "B"): 2}),
        reaching=Counter({("R", "B"): 4, ("R", "C"): 2, ("S", "B"): 2, ("S", "C"): 2}),
    )
    known, open_ = ends_of(counts, ["A", "B", "C"])
    assert known == [Joined("A", "R", "B", 4), Joined("A", "R", "C", 2)]
    assert open_ == ["S"]


MOMENTS = [neo4j.time.DateTime(2024, 1, 1 + n) for n in range(N)]
EPOCHS = [1_700_000_000 + n for n in range(N)]


@pytest.mark.parametrize(
    ("properties", "value", "time"),
    [
        pytest.param({"stars": [1, 5] * 10, "at": MOMENTS}, "stars", "at", id="plain"),
        pytest.param({"x": [1, 5] * 10, "y": EPOCHS}, "x", "y", id="by what they are, not their names"),
        pytest.param({"rating": ["4.5", "3"] * 10, "on": ["2024-01-05"] * N}, "rating", "on", id="as text"),
        pytest.param({"count": [2, 3] * 10, "rating": [1, 5] * 10}, "rating", None, id="a rating before a count"),
        pytest.param({"a": [1, 2] * 10, "b": [3, 4] * 10}, None, None, id="two unnamed numbers"),
        pytest.param({"created": MOMENTS, "timestamp": EPOCHS}, None, "timestamp", id="by name"),
        pytest.param({"orderId": list(range(N))}, None, None, id="a reference"),
        pytest.param({"note": ["text"] * N}, None, None, id="text"),
        pytest.param({}, None, None, id="nothing"),
    ],
)
def test_value_and_time_are(properties, value, time):
    found = choose_time(properties)
    assert (choose_value(properties, found), found) == (value, time)
