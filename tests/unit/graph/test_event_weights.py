import numpy as np
import pytest
from pydantic import ValidationError

from graph.errors import ReleaseError
from graph.event_sum import SINCE, EventSum
from graph.event_weights import EventWeights, Fading, TypeWeight

HOUR, DAY = 3600, 86_400
NOON = 1_750_000_000
WEIGHTS = EventWeights(types={"BOUGHT": TypeWeight(), "VIEWED": TypeWeight(weight=0.1, half_life_s=DAY)})


def test_of_several_events_with_an_item_the_one_that_counts_most_counts():
    events = [[["VIEWED", None, NOON], ["BOUGHT", None, NOON]], [["VIEWED", None, NOON]], [["OTHER", None, NOON]]]
    assert WEIGHTS.of_items(events) == pytest.approx([1, 0.1, 1])


def test_what_a_type_counts_halves_with_age_back_from_the_newest_event_however_it_is_dated():
    events = [
        [["VIEWED", None, NOON]],
        [["VIEWED", None, (NOON - DAY) * 1000]],
        [["BOUGHT", None, NOON - DAY]],
        [["VIEWED", None, "2025-06-13T15:06:40Z"]],
    ]
    assert WEIGHTS.of_items(events) == pytest.approx([0.1, 0.05, 1, 0.025])


def test_what_has_no_time_does_not_fade():
    assert WEIGHTS.of_items([[["VIEWED", None, None]], [["BOUGHT", None, NOON]]]) == pytest.approx([0.1, 1])
    assert WEIGHTS.of_items([[["VIEWED", None, None]], [["VIEWED", None, "soon"]]]) == pytest.approx([0.1, 0.1])


def test_events_of_sessions_before_count_less():
    weights = EventWeights(session_decay=0.5, session_gap_s=HOUR)
    events = [[["R", None, NOON + hours * HOUR]] for hours in (0, 1, 3, 10)]
    assert weights.of_items(events) == pytest.approx([0.25, 0.25, 0.5, 1])


def test_a_rating_counts_what_it_is_above_neutral_and_an_amount_its_logarithm():
    rating = TypeWeight(value="stars", neutral=3, unit=2, missing=0.4)
    assert rating.of([5, 4, 3, 1, np.nan]) == pytest.approx([1, 0.5, 0, 0, 0.4])
    seconds = TypeWeight(weight=0.5, value="seconds", cap=100, unit=2)
    assert seconds.of([0, 9, 100, 1e9, np.nan]) == pytest.approx([0, np.log(10) / 4, np.log(101) / 4, np.log(101) / 4, 0.5])
    told = EventWeights(types={"RATED": rating})
    assert told.amounts == {"RATED": "stars"}
    assert told.of_items([[["RATED", "4", None]], [["RATED", 1, None]], [["RATED", "good", None]]]) == pytest.approx(
        [0.5, 0, 0.4]
    )


def test_nothing_met_counts_nothing():
    assert WEIGHTS.of_items([]).tolist() == []


@pytest.mark.parametrize(
    ("weights", "is_even"),
    [
        (EventWeights(), True),
        (EventWeights(types={"A": TypeWeight(), "B": TypeWeight()}), True),
        (EventWeights(types={"A": TypeWeight(weight=0.5)}), False),
        (EventWeights(types={"A": TypeWeight(half_life_s=1)}), False),
        (EventWeights(types={"A": TypeWeight(value="stars")}), False),
        (EventWeights(session_decay=0.9), False),
    ],
)
def test_it_is_known_whether_all_events_count_alike(weights, is_even):
    assert weights.is_even == is_even


def test_they_are_kept_as_json_and_what_is_damaged_is_refused():
    assert EventWeights.from_json(WEIGHTS.model_dump_json()) == WEIGHTS
    for damaged in ("{", '{"types": {"A": {"weight": -1}}}', '{"types": {"A": {"weight": NaN}}}', '{"speed": 1}'):
        with pytest.raises(ReleaseError, match="run `hopline train` again"):
            EventWeights.from_json(damaged)
    with pytest.raises(ValidationError):
        EventWeights(session_decay=0)


def test_fading_looks_back_from_the_event_that_is_the_last():
    fading = Fading(
        np.ones(3, np.float32), np.full(3, 1 / DAY), np.array([NOON, NOON + DAY, NOON + 2 * DAY]), np.arange(3), 0.5
    )
    assert fading.when(np.array([0, 1]), np.array([1, 1])) == pytest.approx([0.25, 1])
    assert fading.when(np.array([0, 1, 2]), np.array([2, 2, 2])) == pytest.approx([1 / 16, 0.25, 1])
    assert fading.when(np.array([2]), np.array([0])) == pytest.approx([1])
    assert fading.of_rows(np.array([2, 0])).when(np.array([1]), np.array([0])) == pytest.approx([1 / 16])


def test_a_sum_keeps_its_weights_in_a_releases_record():
    two = np.array([1, 0], np.float32)
    for weights in (None, WEIGHTS):
        events = EventSum(two, two, 0.5, 50.0, None, weights)
        assert EventSum.from_properties(events.to_properties()).weights == weights


def test_a_known_user_is_moved_the_less_the_less_all_counts_that_came():
    events, learnt = EventSum(np.zeros(2, np.float32), np.zeros(2, np.float32), 0.5, 50.0), np.array([1, 0], np.float32)
    for much, weight in ((0.1, [0.1]), (0.5, [0.2, 0.3]), (1, [0.7, 0.9])):
        found = events.moved(learnt, [[0, 1]] * len(weight), weight)
        assert found[1] / found[0] == pytest.approx(SINCE * much)
    assert events.moved(learnt, [[0, 1]], [0]).tolist() == [1, 0]
