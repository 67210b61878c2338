from dataclasses import replace

import numpy as np
import pytest

from gnn.evaluate import evaluate
from gnn.inductive import Histories, Student, UserTraits, fit_student
from gnn.inductive.newcomers import Newcomers
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from graph.errors import ReleaseError
from graph.event_sum import EventSum
from graph.traits import TraitGroup, Traits, trait_rows

GROUPS, ITEMS = 3, 60


def worlds(num_users, seed=0):
    """Users of three groups, each with twenty items of its own, of which its users meet half in some order."""
    rng = np.random.default_rng(seed)
    group = np.arange(num_users) % GROUPS
    size = ITEMS // GROUPS
    items = [rng.permutation(size)[: size // 2] + size * of for of in group]
    user = np.repeat(np.arange(num_users), size // 2)
    return Interactions(user, np.concatenate(items), num_users, ITEMS), group


def vectors():
    """Item vectors that tell the groups apart, in a space of more dimensions than they use."""
    rng = np.random.default_rng(1)
    items = np.zeros((ITEMS, 6), np.float32)
    items[np.arange(ITEMS), np.repeat(np.arange(GROUPS), ITEMS // GROUPS)] = 1
    return (items @ np.linalg.qr(rng.standard_normal((6, 6)))[0]).astype(np.float32)


def test_a_user_never_seen_finds_what_their_group_meets_after_one_event():
    pairs, _ = worlds(120)
    fitted = fit_student(vectors(), Histories.of(pairs))
    others, group = worlds(30, seed=5)
    newcomers = Newcomers.after(Histories.of(others), np.arange(30), 1)
    users = fitted.student.vectors(newcomers.known)
    best = (users @ vectors().T).argmax(axis=1) // (ITEMS // GROUPS)
    assert best.tolist() == group.tolist()
    assert fitted.tried[fitted.exponent, fitted.penalty] == max(fitted.tried.values())
    popular = VectorScorer(np.repeat(fitted.student.vector([])[None], 30, axis=0), vectors())
    ndcg = [evaluate(one, newcomers.holdout).metrics["ndcg@20"] for one in (VectorScorer(users, vectors()), popular)]
    assert ndcg[0] > 1.5 * ndcg[1]


def told_apart(group):
    """What users are: the colour of their group, but for a tenth, of another nothing, and a mood that says nothing."""
    groups = (TraitGroup("colour", ("red", "green", "blue")), TraitGroup("mood", ("good", "bad")))
    colours = [("red", "green", "blue")[(of + (user % 5 == 0)) % 3] if user % 10 else None for user, of in enumerate(group)]
    return UserTraits(groups, trait_rows(groups, [colours, ["good" if user % 2 else "bad" for user in range(len(group))]]))


def test_who_did_nothing_yet_is_known_by_what_they_are_and_who_did_much_by_that():
    pairs, group = worlds(150)
    fitted = fit_student(vectors(), Histories.of(pairs), told_apart(group))
    traits = fitted.student.sum.traits
    for colour, of in (("red", 0), ("green", 1), ("blue", 2)):
        scores = vectors() @ fitted.student.sum.vector([], own=traits.vector([colour, None]))
        assert int(scores.argmax()) // (ITEMS // GROUPS) == of
    says = [np.linalg.norm(traits.vector(values)) for values in (["red", None], [None, "good"], [None, "bad"], ["pink", None])]
    assert says[0] > 5 * max(says[1:3])
    assert says[3] == 0
    mean = np.mean([traits.vector([colour, None]) for colour in ("red", "green", "blue")], axis=0)
    assert np.linalg.norm(mean) < 0.1 * says[0]  # so that of whom nothing is known is as the mean
    of_blue = [40, 41, 42, 43, 44, 45]
    scores = vectors() @ fitted.student.sum.vector(fitted.student.asking[of_blue], own=traits.vector(["red", None]))
    assert int(scores.argmax()) // (ITEMS // GROUPS) == 2


def test_after_one_event_of_little_meaning_what_a_user_is_tells():
    pairs, group = worlds(150)
    user, item = pairs.user_index, pairs.item_index
    everybody = np.arange(150)  # meets one item that is the same for all, first of all
    met = Interactions(np.concatenate([everybody, user]), np.concatenate([np.full(150, ITEMS), item]), 150, ITEMS + 1)
    histories = Histories.of(met, np.repeat([0, 1], [150, len(user)]))
    items = np.vstack([vectors(), vectors().mean(axis=0, keepdims=True)])
    traits = told_apart(group)
    newcomers = Newcomers.after(histories, np.arange(1, 31), 1)

    def ndcg(student, told):
        asked = student.vectors(newcomers.known, told)
        return evaluate(VectorScorer(asked, items), newcomers.holdout).metrics["ndcg@20"]

    with_traits = ndcg(fit_student(items, histories, traits).student, traits.rows[newcomers.users])
    assert with_traits > 1.3 * ndcg(fit_student(items, histories).student, None)


def test_nothing_known_ranks_by_popularity():
    rng = np.random.default_rng(0)
    chance = np.linspace(0.05, 0.9, 12)
    user, item = np.nonzero(rng.random((300, 12)) < chance)
    items = np.eye(12, dtype=np.float32)
    fitted = fit_student(items, Histories.of(Interactions(user, item, 300, 12)))
    scores = items @ fitted.student.vector([])
    assert np.corrcoef(scores, np.bincount(item))[0, 1] > 0.95


def test_one_user_is_as_in_a_batch_and_all_are_the_same_each_time():
    pairs, _ = worlds(60)
    one, again = (fit_student(vectors(), Histories.of(pairs)).student for _ in range(2))
    assert np.array_equal(one.asking, again.asking)
    newcomers = Newcomers.after(Histories.of(pairs), np.arange(4), 3)
    batch = one.vectors(newcomers.known)
    for row in range(4):
        assert one.vector(newcomers.known[[row]].indices) == pytest.approx(batch[row], abs=1e-6)


def test_too_few_users_make_no_student():
    pairs, _ = worlds(9)
    assert fit_student(vectors(), Histories.of(pairs)) is None


def test_vectors_that_tell_nothing_make_no_student():
    pairs, _ = worlds(60)
    assert fit_student(np.zeros((ITEMS, 4), np.float32), Histories.of(pairs)) is None


def student():
    ones = np.ones(2, np.float32)
    return Student(np.arange(6, dtype=np.float32).reshape(3, 2), EventSum(ones, ones, 0.75, 50.0))


def test_arrays_are_read_back_as_they_were():
    found = Student.from_arrays(student().to_arrays())
    assert np.array_equal(found.vector([0, 2], [1, 0.5]), student().vector([0, 2], [1, 0.5]))


@pytest.mark.parametrize("items", [[3], [-1]])
def test_items_that_were_not_learnt_are_refused(items):
    with pytest.raises(ReleaseError, match="expected 0 to 2, those that were learnt"):
        student().vector(items)


@pytest.mark.parametrize("items", [[0.5], [[0]], ["a"]])
def test_what_is_no_item_is_refused(items):
    with pytest.raises(ReleaseError, match="expected one dimension of whole numbers"):
        student().vector(items)


def test_arrays_that_are_missing_or_do_not_fit_are_told():
    arrays = student().to_arrays()
    with pytest.raises(ReleaseError, match=r"expected asking, base, slope, curve"):
        Student.from_arrays({name: array for name, array in arrays.items() if name != "slope"})
    with pytest.raises(ReleaseError, match=r"curve of two numbers"):
        Student.from_arrays(arrays | {"curve": np.ones(3, np.float32)})
    with pytest.raises(ReleaseError, match=r"a base of 2 numbers"):
        Student.from_arrays(arrays | {"asking": np.ones((3, 4), np.float32)})
    with pytest.raises(ReleaseError, match=r"expected finite"):
        Student.from_arrays(arrays | {"asking": np.full((3, 2), np.nan, np.float32)})


def test_as_arrays_and_back_traits_are_the_same():
    traits = Traits((TraitGroup("age", edges=(30.0,)),), np.array([[1, 2], [3, 4]], np.float32))
    known = replace(student(), sum=replace(student().sum, traits=traits))
    again = Student.from_arrays(known.to_arrays())
    assert again.sum.traits.groups == traits.groups
    np.testing.assert_array_equal(again.sum.traits.vectors, traits.vectors)
    assert "traits" not in student().to_arrays()
    assert Student.from_arrays(student().to_arrays()).sum.traits is None
