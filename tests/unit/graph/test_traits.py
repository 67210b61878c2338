"""What users are: which values are told apart, and what they say."""

import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.event_sum import EventSum
from graph.traits import TraitGroup, Traits, trait_rows

AGE = TraitGroup("age", edges=(20.0, 40.0))
WORK = TraitGroup("work", categories=("baker", "7", "smith"))
TRAITS = Traits((AGE, WORK), np.arange(12, dtype=np.float32).reshape(6, 2))


@pytest.mark.parametrize(
    ("value", "places"),
    [(19.9, [0]), (20, [1]), ("39", [1]), (40, [2]), (None, []), ("old", []), (float("nan"), []), ([30], []), (True, [0])],
)
def test_a_number_is_of_those_between_two_edges(value, places):
    assert AGE.places(value) == places


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("smith", [2]),
        (" smith ", [2]),
        (7, [1]),
        (7.0, [1]),
        (["smith", "baker", "cook"], [0, 2]),
        ("cook", []),
        (None, []),
        ([], []),
    ],
)
def test_a_category_is_read_alike_however_it_is_stored(value, places):
    assert WORK.places(value) == places


def test_values_of_one_property_add_up_to_one_and_what_is_missing_says_nothing():
    rows = trait_rows((AGE, WORK), [[25, None], [["smith", "baker"], "cook"]]).toarray()
    assert rows.tolist() == [[0, 1, 0, 0.5, 0, 0.5], [0] * 6]
    assert TRAITS.vector([25, ["smith", "baker"]]).tolist() == [2 + 8, 3 + 9]
    assert TRAITS.vector([None, "cook"]).tolist() == [0, 0]
    assert TRAITS.names == ["age", "work"]


def test_as_text_and_back_they_say_the_same():
    again = Traits.from_json(TRAITS.to_json())
    assert again.groups == TRAITS.groups
    np.testing.assert_array_equal(again.vectors, TRAITS.vectors)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"groups": [], "vectors": 3}', '{"groups": [{"name": "age"}], "vectors": []}']
)
def test_what_is_damaged_says_what_to_do(text):
    with pytest.raises(ReleaseError, match="run `hopline train` again"):
        Traits.from_json(text)


@pytest.mark.parametrize("vectors", [np.zeros((5, 2)), np.full((6, 2), np.nan), np.zeros(6)])
def test_a_vector_is_wanted_of_each_value(vectors):
    with pytest.raises(ReleaseError, match="6 values"):
        Traits((AGE, WORK), vectors.astype(np.float32))


def test_the_more_a_user_did_the_less_counts_what_they_are():
    zeros = np.zeros(2, np.float32)
    events = EventSum(np.array([1, 0], np.float32), zeros, 1.0, 50.0, TRAITS)
    own = np.array([0, 1], np.float32)

    def share(number):
        made = events.vector(np.zeros((number, 2)), own=own)
        return made[1] / made[0]

    assert share(0) == share(1) == pytest.approx(1)
    assert share(16) == pytest.approx(0.5)
    assert events.vector([]).tolist() == [1, 0]
    with pytest.raises(ReleaseError, match="2 numbers, events of 3"):
        EventSum(np.zeros(3, np.float32), np.zeros(3, np.float32), 1.0, 50.0, TRAITS)
