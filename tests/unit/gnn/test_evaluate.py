import dataclasses

import numpy as np
import pytest

from gnn.compare import compare
from gnn.errors import EvaluationError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.popular_for_unknown import PopularForUnknown


class Table:
    """A scorer that looks its scores up."""

    def __init__(self, scores):
        self.scores = np.asarray(scores, dtype=np.float32)
        self.batches = []

    def score(self, user_index):
        self.batches.append(len(user_index))
        return self.scores[user_index]


def pairs(rows, num_users, num_items):
    rows = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Interactions(rows[:, 0], rows[:, 1], num_users, num_items)


def random_holdout(seed, num_users=40, num_items=30):
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, p=[0.6, 0.3, 0.1], size=(num_users, num_items))
    kind[5][kind[5] == 2] = 0  # a user with no test item
    kind[6] = 1  # a user who has seen everything
    train, test = (pairs(np.argwhere(kind == value), num_users, num_items) for value in (1, 2))
    return train, test, Holdout(train, test)


@pytest.mark.parametrize("batch_size", [None, 1, 7, 1000])
def test_agrees_with_ranking_one_user_at_a_time(batch_size):
    train, test, holdout = random_holdout(0)
    table = Table(np.random.default_rng(1).integers(0, 6, size=(40, 30)))  # many ties
    result = evaluate(table, holdout, ks=(3, 10), batch_size=batch_size)
    recalls, lists = [], []
    for user in range(40):
        seen = set(train.item_index[train.user_index == user].tolist())
        wanted = set(test.item_index[test.user_index == user].tolist())
        if not wanted:
            continue
        order = sorted((i for i in range(30) if i not in seen), key=lambda i: (-table.scores[user, i], i))[:10]
        lists.append(order + [-1] * (10 - len(order)))
        recalls.append(len(wanted & set(order[:3])) / len(wanted))
    np.testing.assert_array_equal(result.top, lists)
    np.testing.assert_allclose(result.per_user["recall@3"], recalls)
    assert result.metrics["recall@3"] == pytest.approx(np.mean(recalls))
    assert result.num_users == len(recalls) == len(holdout.users)
    assert 5 not in holdout.users
    assert 6 not in holdout.users


def test_batches_are_bounded_and_hold_users_with_a_test_item_only():
    table = Table(np.zeros((40, 30)))
    _, _, holdout = random_holdout(0)
    evaluate(table, holdout, batch_size=16)
    assert max(table.batches) == 16
    assert sum(table.batches) == len(holdout.users) < 40


def test_users_who_have_seen_everything_are_counted_and_leave_no_nan():
    train = pairs([(0, 0), (0, 1), (0, 2), (1, 0)], 2, 3)
    holdout = Holdout(train, pairs([(0, 1), (1, 0), (1, 2)], 2, 3))
    result = evaluate(Table(np.zeros((2, 3))), holdout, ks=(2,))
    assert (result.num_users, result.num_skipped, holdout.num_unreachable) == (1, 1, 2)
    assert result.metrics["recall@2"] == 1.0
    assert all(np.isfinite(value) for value in result.metrics.values())


def test_k_beyond_the_catalogue_shows_all_that_is_unseen():
    _, _, holdout = random_holdout(2)
    result = evaluate(Table(np.zeros((40, 30))), holdout, ks=(100,))
    assert result.top.shape == (result.num_users, 100)
    assert result.metrics["recall@100"] == 1.0
    assert result.metrics["ndcg@100"] < 1.0


def test_the_scorers_array_is_left_as_it_was():
    _, _, holdout = random_holdout(3)

    class Shared(Table):
        def score(self, user_index):
            return np.broadcast_to(self.scores[0], (len(user_index), 30))

    shared = Shared(np.random.default_rng(0).random((1, 30)))
    before = shared.scores.copy()
    evaluate(shared, holdout)
    np.testing.assert_array_equal(shared.scores, before)


def test_nan_and_wrong_shapes_are_refused_with_the_place():
    _, _, holdout = random_holdout(4)
    scores = np.zeros((40, 30), np.float32)
    scores[holdout.users[17], 12] = np.nan
    with pytest.raises(EvaluationError, match=f"1 NaN.*user_index {holdout.users[17]} and item_index 12"):
        evaluate(Table(scores), holdout, batch_size=10)
    with pytest.raises(EvaluationError, match=r"shape \(\d+, 29\); expected \(\d+, 30\)"):
        evaluate(Table(scores[:, :29]), holdout)
    with pytest.raises(EvaluationError, match=r"ks=\(0,\)"):
        evaluate(Table(scores), holdout, ks=(0,))


def test_intervals_hold_the_mean_and_depend_on_the_seed_alone():
    _, _, holdout = random_holdout(5)
    table = Table(np.random.default_rng(1).random((40, 30)))
    first, again, other = (evaluate(table, holdout, seed=seed) for seed in (1, 1, 2))
    assert first.intervals == again.intervals != other.intervals
    for name, (low, high) in first.intervals.items():
        assert low <= first.metrics[name] <= high


def test_comparison_sets_each_against_the_first():
    _, test, holdout = random_holdout(6)
    truth = np.zeros((40, 30))
    truth[test.user_index, test.item_index] = 1
    noise = np.random.default_rng(0).random((40, 30))
    random, oracle = compare({"random": Table(noise), "oracle": Table(truth)}, holdout, fit_s={"oracle": 1.5})
    assert (random.name, random.fit_s, random.differences) == ("random", None, {})
    assert (oracle.name, oracle.fit_s, oracle.metrics["ndcg@20"]) == ("oracle", 1.5, pytest.approx(1.0))
    assert oracle.differences["ndcg@20"].low > 0
    assert oracle.differences["ndcg@20"].mean == pytest.approx(1 - random.metrics["ndcg@20"])
    assert dataclasses.asdict(oracle)["intervals"]["recall@20"]


def test_users_whom_a_model_does_not_know_get_what_most_others_took():
    learnt = pairs([(0, 2), (1, 2), (1, 1), (1, 1)], 3, 3)
    scorer = PopularForUnknown(Table(np.full((3, 3), 7)), np.array([True, False, True]), learnt)
    assert scorer.score(np.array([1, 0, 2])).tolist() == [[0, 1, 2], [7, 7, 7], [7, 7, 7]]
    assert scorer.score(np.array([1])).dtype == np.float32


def test_holdouts_that_cannot_be_asked_are_refused():
    with pytest.raises(EvaluationError, match=r"\(2, 3\).*\(2, 4\)"):
        Holdout(pairs([], 2, 3), pairs([(0, 0)], 2, 4))
    with pytest.raises(EvaluationError, match="none of 1 test pairs"):
        Holdout(pairs([(0, 0)], 2, 3), pairs([(0, 0)], 2, 3))


DOMAINS = {"Good": 12, "Empty": 0, "Article": 18}


def in_domains(interactions):
    return dataclasses.replace(interactions, domains=DOMAINS)


def test_a_list_is_ranked_within_its_domain_and_every_user_counts_once():
    train, test, _ = random_holdout(7)
    holdout = Holdout(in_domains(train), in_domains(test))
    table = Table(np.random.default_rng(1).integers(0, 6, size=(40, 30)))
    result = evaluate(table, holdout, ks=(3, 20), batch_size=7)
    recalls = {}
    for domain, items in (("Good", range(12)), ("Article", range(12, 30))):
        for user in range(40):
            seen = set(train.item_index[train.user_index == user].tolist())
            wanted = set(test.item_index[test.user_index == user].tolist()) & set(items)
            if wanted:
                order = sorted((i for i in items if i not in seen), key=lambda i: (-table.scores[user, i], i))
                recalls[domain, user] = len(wanted & set(order[:3])) / len(wanted)
    of_users = [
        np.mean([value for (_, other), value in recalls.items() if other == user])
        for user in sorted({user for _, user in recalls})
    ]
    np.testing.assert_allclose(result.per_user["recall@3"], of_users)
    assert result.metrics["recall@3"] == pytest.approx(np.mean(of_users))
    assert result.num_users == len(of_users) < len(recalls) == len(result.top)
    for domain in ("Good", "Article"):
        of_domain = [value for (other, _), value in recalls.items() if other == domain]
        np.testing.assert_allclose(result.per_user[f"recall@3/{domain}"], of_domain)
        low, high = result.intervals[f"recall@3/{domain}"]
        assert low <= result.metrics[f"recall@3/{domain}"] <= high
    assert not any("Empty" in name for name in result.metrics)
    assert result.metrics["coverage@20/Good"] == 1.0


def test_one_domain_with_a_name_gives_the_figures_of_one_without():
    train, test, holdout = random_holdout(8)
    named = Holdout(*(dataclasses.replace(part, domains={"Item": 30}) for part in (train, test)))
    table = Table(np.random.default_rng(1).random((40, 30)))
    one, other = evaluate(table, holdout), evaluate(table, named)
    assert one.metrics == other.metrics
    assert one.intervals == other.intervals


def test_lists_with_nothing_left_to_find_are_counted_by_domain():
    train, test = in_domains(pairs([(0, 3), (1, 4)], 2, 30)), in_domains(pairs([(0, 3), (0, 20), (1, 5)], 2, 30))
    holdout = Holdout(train, test)
    assert (holdout.num_skipped, holdout.num_unreachable) == (1, 1)
    assert (holdout.users.tolist(), holdout.domain.tolist(), holdout.items.tolist()) == ([1, 0], [0, 2], [5, 20])


def test_domains_that_do_not_add_up_or_differ_are_refused():
    with pytest.raises(EvaluationError, match=r"have 30 items; expected 31"):
        in_domains(pairs([], 2, 31))
    with pytest.raises(EvaluationError, match="the domains None"):
        Holdout(pairs([], 2, 30), in_domains(pairs([(0, 0)], 2, 30)))


def test_interactions_refuse_what_is_not_an_index():
    good = np.array([0, 1])
    with pytest.raises(EvaluationError, match="item_index runs from 0 to 3; expected 0 to 2"):
        Interactions(good, np.array([0, 3]), 2, 3)
    with pytest.raises(EvaluationError, match="user_index is float64"):
        Interactions(np.array([0.0, 1.0]), good, 2, 3)
    with pytest.raises(EvaluationError, match=r"\[2, 1\] rows"):
        Interactions(good, np.array([0]), 2, 3)
    with pytest.raises(EvaluationError, match="1 of 2 values"):
        Interactions(good, good, 2, 3, np.array([1, np.inf], np.float32))


def test_repeated_pairs_count_once_without_values_and_add_up_with_them():
    twice = np.array([1, 1])
    assert Interactions(twice, twice, 2, 2).matrix().toarray().tolist() == [[0, 0], [0, 1]]
    assert Interactions(twice, twice, 2, 2, np.array([2, 3], np.float32)).matrix()[1, 1] == 5
