import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.event_sum import EventSum

SUM = EventSum(np.array([1, 0, 0], np.float32), np.array([0, 0.5, 0], np.float32), 0.5, 10.0)
ASKING = np.eye(3, dtype=np.float32)


def unit(*numbers):
    return np.array(numbers) / np.linalg.norm(numbers)


def test_nothing_known_gives_the_direction_of_what_is_popular():
    assert SUM.vector([]) == pytest.approx([1, 0, 0])
    assert SUM.vector(ASKING, [0, 0, 0]) == pytest.approx([1, 0, 0])


def test_events_are_added_and_divided_by_a_power_of_their_number():
    found = SUM.vector(ASKING[[1, 2, 2, 2]])
    assert found == pytest.approx(unit(1, 0.5 * np.log(4) + 1 / 2, 3 / 2))
    assert found.dtype == np.float32


def test_an_event_of_twice_the_weight_is_the_event_twice():
    assert SUM.vector(ASKING[[1, 2]], [1, 2]) == pytest.approx(SUM.vector(ASKING[[1, 2, 2]]))


def test_an_event_of_no_weight_tells_nothing():
    assert SUM.vector(ASKING[[1, 2]], [1, 0]) == pytest.approx(SUM.vector(ASKING[[1]]))


def test_the_slope_counts_within_what_was_learnt_alone():
    assert SUM.vector(np.zeros((40, 3))) == pytest.approx(unit(1, 0.5 * np.log(10), 0))
    assert SUM.vector(np.zeros((1, 3)), [0.01]) == pytest.approx([1, 0, 0])


def test_several_users_at_once_are_as_each_alone():
    total = np.array([[0, 2, 0], [1, 1, 1]], np.float32)
    both = SUM.vectors(total, np.array([2, 3], np.float32))
    assert both[0] == pytest.approx(SUM.vector(ASKING[[1, 1]]))
    assert both[1] == pytest.approx(SUM.vector(ASKING))


@pytest.mark.parametrize("weight", [[1], [1, -1, 1], [1, np.nan, 1], [[1, 1, 1]]])
def test_weights_that_cannot_be_used_are_refused(weight):
    with pytest.raises(ReleaseError, match=r"for 3 events; expected one an event, finite and not below 0"):
        SUM.vector(ASKING, weight)


def test_vectors_of_another_release_are_refused():
    with pytest.raises(ReleaseError, match=r"shape \(2, 4\); expected \[events, 3\]"):
        SUM.vector(np.zeros((2, 4)))
    with pytest.raises(ReleaseError, match="finite"):
        SUM.vector(np.full((1, 3), np.nan))


@pytest.mark.parametrize(
    ("base", "slope", "most", "told"),
    [([1, 0], [1], 5, "two vectors of one length"), ([1, np.inf], [1, 0], 5, "infinity"), ([1, 0], [1, 0], 0.5, "below 1")],
)
def test_a_sum_that_does_not_hold_together_is_refused(base, slope, most, told):
    with pytest.raises(ReleaseError, match=told):
        EventSum(np.array(base, np.float32), np.array(slope, np.float32), 0.5, most)
