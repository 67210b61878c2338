from dataclasses import replace

import numpy as np
import pytest

from gnn.errors import TrainingError
from gnn.inductive import Student, teach
from gnn.inductive.lessons import Lessons
from gnn.inductive.teach import TeachConfig, foretell
from graph.event_sum import EventSum

SIZE, ITEMS = 8, 60


def student(seed=0):
    rng = np.random.default_rng(seed)
    base, slope = rng.normal(size=(2, SIZE)).astype(np.float32)
    return Student(rng.normal(size=(ITEMS, SIZE)).astype(np.float32), EventSum(base, slope, 0.75, 5.0))


def items(seed=1):
    return np.random.default_rng(seed).normal(size=(ITEMS, SIZE)).astype(np.float32)


def unit(vector):
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def pattern(number=200, seed=2):
    """Users who meet an item and then the next one: known ones, of whom two events were learnt, and new ones."""
    rng = np.random.default_rng(seed)
    histories = []
    for user in range(number):
        first = rng.integers(0, ITEMS - 6)
        learnt = unit(rng.normal(size=SIZE)) if user % 2 else None
        histories.append((learnt, np.arange(first, first + 6), 2, [3, 4, 5]))
    return Lessons.of(histories, SIZE)


def nothing():
    return Lessons.of([], SIZE)


def test_lessons_tell_what_was_met_and_what_of_it_is_new():
    vector = unit(np.ones(SIZE))
    lessons = Lessons.of([(vector, np.array([3, 1, 4, 5]), 2, [1, 3]), (None, np.array([9, 2]), 0, [0, 1])], SIZE)
    assert lessons.target.tolist() == [1, 5, 9, 2]
    assert lessons.since.tolist() == [0, 1, 0, 1]
    assert [part.tolist() for part in np.split(lessons.met, lessons.offsets[1:-1])] == [[3], [3, 1, 4], [], [9]]
    found, offsets, weight = lessons.last(5)
    assert [part.tolist() for part in np.split(found, offsets[1:-1])] == [[], [4], [], [9]]
    assert weight.tolist() == [1, 1]
    again = nothing().and_then(replace(lessons, weight=np.arange(5, dtype=np.float32))).rows(np.array([3, 1]))
    assert (again.target.tolist(), again.met.tolist(), again.offsets.tolist()) == ([2, 5], [9, 3, 1, 4], [0, 1, 4])
    assert again.weight.tolist() == [4, 1, 2, 3]


def test_lessons_that_do_not_fit_are_refused():
    with pytest.raises(TrainingError, match="no more events since than met"):
        Lessons(np.zeros((1, SIZE), np.float32), np.array([1]), np.array([0, 1]), np.array([2]), np.array([0]))


def weighed(lessons):
    """Lessons whose events count from nothing to 0.6 each."""
    weight = np.random.default_rng(5).random(len(lessons.met)).astype(np.float32) * np.float32(0.6)
    weight[::4] = 0
    return replace(lessons, weight=weight)


@pytest.mark.parametrize("as_counted", [lambda lessons: lessons, weighed])
def test_events_are_foretold_by_the_vectors_that_are_served(as_counted):
    one, ranked, lessons = student(), items(), as_counted(pattern(20))
    gains, tops = foretell(one, ranked, lessons)
    for row in range(len(lessons)):
        met = lessons.met[lessons.offsets[row] : lessons.offsets[row + 1]]
        since = met[len(met) - lessons.since[row] :][-5:]
        weight = np.ones(len(since)) if lessons.weight is None else lessons.weight[: lessons.offsets[row + 1]][-len(since) :]
        learnt = lessons.learnt[row]
        asking = one.sum.moved(learnt, one.asking[since], weight) if learnt.any() else one.vector(since, weight)
        scores = ranked @ asking
        scores[met] = -np.inf
        assert tops[row].tolist() == np.argsort(-scores)[:10].tolist()
        rank = 1 + (scores > scores[lessons.target[row]]).sum()
        assert gains[row] == pytest.approx(1 / np.log2(rank + 1) if rank <= 20 else 0)


def test_what_was_taught_is_foretold_better_and_the_same_seed_gives_the_same_bits():
    one, ranked, lessons = student(), items(), pattern()
    config = TeachConfig(learning_rate=0.02, passes=5, pull=0)
    taught = [teach(one, one, ranked, lessons, nothing(), config, seed=3) for _ in range(2)]
    assert foretell(taught[0], ranked, pattern(seed=9))[0].mean() > 1.3 * foretell(one, ranked, pattern(seed=9))[0].mean()
    for name, array in taught[0].to_arrays().items():
        assert np.array_equal(array, taught[1].to_arrays()[name])


def test_a_strong_pull_keeps_the_student_where_it_was_released():
    one, ranked, lessons = student(), items(), pattern()
    moved = [
        np.abs(teach(one, one, ranked, lessons, nothing(), TeachConfig(pull=pull)).asking - one.asking).mean()
        for pull in (0.0, 100.0)
    ]
    assert moved[1] < 0.5 * moved[0]


def test_what_is_repeated_is_not_unlearnt():
    one, ranked = student(), items()
    old, config = pattern(seed=5), TeachConfig(learning_rate=0.02, passes=5, pull=0)
    one = teach(one, one, ranked, old, nothing(), config)
    rng = np.random.default_rng(0)
    other = Lessons.of([(None, rng.permutation(ITEMS)[:6], 0, [2, 3, 4]) for _ in range(200)], SIZE)
    with_, without = (
        foretell(teach(one, one, ranked, other, before, config), ranked, old)[0].mean() for before in (old, nothing())
    )
    assert with_ > without


def test_of_a_large_catalogue_some_items_stand_for_the_others():
    one, ranked, lessons = student(), items(), pattern()
    configs = [TeachConfig(learning_rate=0.02, passes=5, pull=0, whole=size, candidates=30) for size in (ITEMS, 0)]
    whole, drawn = (teach(one, one, ranked, lessons, nothing(), config) for config in configs)
    judged = pattern(seed=9)
    gains = [foretell(taught, ranked, judged)[0].mean() for taught in (one, whole, drawn)]
    assert gains[2] - gains[0] > 0.7 * (gains[1] - gains[0]) > 0


def test_nothing_new_changes_nothing_and_a_loss_that_is_no_number_is_told():
    one, ranked = student(), items()
    assert teach(one, one, ranked, nothing(), pattern(), TeachConfig()) is one
    with pytest.raises(TrainingError, match=r"lower \[online.teach\] learning_rate"):
        teach(one, one, np.full_like(ranked, np.nan), pattern(), nothing(), TeachConfig())
