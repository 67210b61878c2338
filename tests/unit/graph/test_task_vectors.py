"""What a release keeps of tasks: figures are those of the predictors, but for half precision, whatever their unit."""

import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.pair_predictor import PairPredictor, PairVectors
from graph.task_vectors import StoredTask, check_predictors, tasks_as_json, tasks_from_json, to_halves


def predictor(num_users=5, num_items=9, steps=1, link="logistic", unit=1.0, lowest=-np.inf, highest=np.inf):
    rng = np.random.default_rng(3)
    users, items = (rng.normal(size=(number, 6)).astype(np.float32) for number in (num_users, num_items))
    factor = PairVectors(users * np.float32(unit), items, link)
    return PairPredictor((factor,) * steps, lowest, highest)


def kept(one):
    """What nodes have, row by row: of users, of items."""
    return tuple(
        [row.tobytes() for row in to_halves("click", (getattr(factor, side) for factor in one.factors))]
        for side in ("users", "items")
    )


@pytest.mark.parametrize(
    "changed",
    [{}, {"steps": 3}, {"link": "identity", "unit": 1e7}, {"link": "identity", "lowest": -1.0, "highest": 1.5}],
    ids=["a probability", "a chain", "a value beyond half precision", "a value with bounds"],
)
def test_figures_are_those_of_the_predictor_but_for_half_precision(changed):
    one = predictor(**changed)
    stored = tasks_from_json(tasks_as_json([StoredTask.of("click", "Item", one)]))[0]
    users, items = kept(one)
    assert {len(row) for row in users + items} == {stored.num_bytes}
    for user, of_user in enumerate(users):
        exact = one.predict(np.full(len(items), user), np.arange(len(items)))
        assert stored.figures(of_user, items) == pytest.approx(exact, abs=3e-3 * max(1.0, float(np.abs(exact).max())))


def test_of_a_node_that_has_nothing_nothing_is_told():
    one = predictor()
    stored = StoredTask.of("click", "Item", one)
    users, items = kept(one.among(np.ones(5, np.bool_), np.arange(9) != 2, num_new=1))
    assert np.isnan(stored.figures(users[0], [None, items[0], items[-1]])).tolist() == [True, False, True]
    assert np.isnan(stored.figures(None, items)).all()
    assert stored.figures(users[0], []).shape == (0,)


def test_what_somebody_else_wrote_and_what_is_no_number_are_told_of():
    one = predictor()
    stored = StoredTask.of("click", "Item", one)
    users, _ = kept(one)
    with pytest.raises(ReleaseError, match=r"task 'click' has on a node is not of 16 bytes; something else wrote it"):
        stored.figures(users[0], [b"abc"])
    with pytest.raises(ReleaseError, match="vectors of the task 'rating' hold NaN or infinity; training diverged"):
        to_halves("rating", [np.array([[1.0, np.nan]], np.float32)])


def test_predictors_are_of_all_users_and_items_of_a_release_or_refused():
    check_predictors({"click": {"Item": predictor()}}, 5, {"Item": 9})
    for users, items in ((4, {"Item": 9}), (5, {"Item": 8}), (5, {})):
        with pytest.raises(ReleaseError, match=r"vectors of the task 'click' of shapes \(5, 6\) and \(9, 6\); expected"):
            check_predictors({"click": {"Item": predictor()}}, users, items)
