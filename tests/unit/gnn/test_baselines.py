from typing import ClassVar

import numpy as np
import pytest
from scipy import sparse

from gnn.baselines import EASE, IALS, Baseline, ItemKNN, NearbyEASE, Popularity, RP3beta, SocialKNN, tune
from gnn.baselines.nearest import product_blocks
from gnn.errors import EvaluationError, TrainingError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions

BASELINES = [Popularity, ItemKNN, RP3beta, EASE, NearbyEASE, IALS]


def of_matrix(matrix, **values):
    user, item = np.nonzero(matrix)
    values.setdefault("time", (7 * user + 5 * item) % 9)
    return Interactions(user, item, *matrix.shape, **values)


def fitted(model, data):
    return model.fit(data.user_index, data.item_index, data.num_users, data.num_items, data.value, data.time)


def checkerboard(size=40):
    """Users took the items of their own parity; (u, u) is withheld. After Ben Frederickson's implicit."""
    board = (np.add.outer(np.arange(size), np.arange(size)) % 2 == 0) & ~np.eye(size, dtype=bool)
    return of_matrix(board), of_matrix(np.eye(size))


def random_matrix(seed=0, shape=(50, 23)):
    return (np.random.default_rng(seed).random(shape) < 0.2).astype(np.float64)


@pytest.mark.parametrize(
    "model",
    [ItemKNN(), ItemKNN(neighbours=25, shrinkage=5), RP3beta(), EASE(), EASE(reg=1), NearbyEASE(), IALS(embedding_size=4)],
)
def test_withheld_item_ranks_first(model):
    train, test = checkerboard()
    result = evaluate(fitted(model, train), Holdout(train, test), ks=(1,))
    np.testing.assert_array_equal(result.top[:, 0], np.arange(40))


@pytest.mark.parametrize("baseline", BASELINES)
def test_every_baseline_scores_any_users_in_the_order_asked(baseline):
    model = fitted(baseline(), of_matrix(random_matrix()))
    everyone = model.score(np.arange(50))
    assert everyone.shape == (50, 23)
    assert everyone.dtype == np.float32
    asked = np.array([7, 3, 3, 49])
    np.testing.assert_allclose(model.score(asked), everyone[asked], rtol=1e-6, atol=1e-6)
    assert model.score(asked[:0]).shape == (0, 23)


@pytest.mark.parametrize("baseline", BASELINES)
def test_users_and_items_without_interactions_get_finite_scores(baseline):
    matrix = random_matrix()
    matrix[3], matrix[:, 4] = 0, 0
    assert np.isfinite(fitted(baseline(), of_matrix(matrix)).score(np.arange(50))).all()


@pytest.mark.parametrize("baseline", BASELINES)
def test_weights_of_zero_count_as_nothing(baseline):
    matrix = random_matrix()
    data = of_matrix(np.ones_like(matrix), value=matrix.astype(np.float32).ravel())
    np.testing.assert_allclose(
        fitted(baseline(), data).score(np.arange(50)),
        fitted(baseline(), of_matrix(matrix)).score(np.arange(50)),
        rtol=1e-5,
        atol=1e-6,
    )


def test_popularity_counts_users_or_adds_values():
    matrix = random_matrix()
    np.testing.assert_array_equal(fitted(Popularity(), of_matrix(matrix)).score(np.array([0]))[0], matrix.sum(axis=0))
    values = np.full(int(matrix.sum()), 2.5, np.float32)
    weighted = fitted(Popularity(), of_matrix(matrix, value=values))
    np.testing.assert_allclose(weighted.score(np.array([0]))[0], 2.5 * matrix.sum(axis=0))


@pytest.mark.parametrize("entries", [60, 1 << 24])
def test_item_knn_is_its_definition(entries, monkeypatch):
    monkeypatch.setattr("gnn.baselines.nearest._MOST_ENTRIES", entries)
    matrix = random_matrix(1)
    dot = matrix.T @ matrix
    norm = np.sqrt(np.diag(dot))
    similarity = dot / (np.outer(norm, norm) + 3.0)
    np.fill_diagonal(similarity, 0)
    for item in range(23):
        order = np.lexsort((np.arange(23), -similarity[item]))
        similarity[item, order[5:]] = 0
    model = fitted(ItemKNN(neighbours=5, shrinkage=3.0), of_matrix(matrix))
    np.testing.assert_allclose(model.score(np.arange(50)), matrix @ similarity.T, rtol=1e-5)


@pytest.mark.parametrize("entries", [60, 1 << 24])
def test_rp3beta_is_its_definition(entries, monkeypatch):
    monkeypatch.setattr("gnn.baselines.nearest._MOST_ENTRIES", entries)
    matrix = random_matrix(1) * np.arange(1, 24)
    of_user, of_item = matrix.sum(axis=1, keepdims=True), matrix.sum(axis=0)
    first, back = (matrix / of_user) ** 0.7, (matrix / of_item) ** 0.7
    walks = back.T @ first / of_item**0.4
    np.fill_diagonal(walks, 0)
    for item in range(23):
        walks[item, np.lexsort((np.arange(23), -walks[item]))[5:]] = 0
    model = fitted(RP3beta(0.7, 0.4, 5), of_matrix(matrix, value=matrix[np.nonzero(matrix)]))
    np.testing.assert_allclose(model.score(np.arange(50)), first @ walks, rtol=1e-5)


@pytest.mark.parametrize("most", [1, 30, 400])
def test_blocks_of_a_product_hold_no_more_than_is_allowed_or_one_row(most, monkeypatch):
    monkeypatch.setattr("gnn.baselines.nearest._MOST_ENTRIES", most)
    taken = sparse.csr_array(random_matrix(3))
    by_item = sparse.csr_array(taken.T)
    blocks = list(product_blocks(by_item, taken))
    assert [row for rows in blocks for row in range(rows.start, rows.stop)] == list(range(23))
    assert all((by_item[rows] @ taken).nnz <= most or rows.stop - rows.start == 1 for rows in blocks)
    assert list(product_blocks(sparse.csr_array((3, 4)), sparse.csr_array((4, 3)))) == [slice(0, 3)]


def test_of_neighbours_that_are_as_near_the_first_are_kept():
    matrix = np.ones((4, 6))
    model = fitted(ItemKNN(neighbours=2), of_matrix(matrix))
    expected = np.zeros((6, 6))
    for item in range(6):
        expected[item, [other for other in range(6) if other != item][:2]] = 1
    np.testing.assert_allclose(model.score(np.arange(4)), matrix @ expected.T, rtol=1e-6)


@pytest.mark.parametrize("shape", [(50, 23), (23, 50)], ids=["fewer items", "fewer users"])
def test_ease_is_ridge_regression_of_each_item_on_the_others(shape, monkeypatch):
    monkeypatch.setattr("gnn.baselines.ease._BLOCK", 7)
    matrix, reg = random_matrix(2, shape) * np.arange(1, shape[1] + 1) / 10, 7.0
    num_items = shape[1]
    weights = np.zeros((num_items, num_items))
    for item in range(num_items):
        others = np.delete(np.arange(num_items), item)
        x = matrix[:, others]
        weights[others, item] = np.linalg.solve(x.T @ x + reg * np.eye(num_items - 1), x.T @ matrix[:, item])
    model = fitted(EASE(reg), of_matrix(matrix, value=matrix[np.nonzero(matrix)]))
    np.testing.assert_allclose(model.score(np.arange(shape[0])), matrix @ weights, rtol=1e-4, atol=2e-6)


def nearby_reference(interactions, reg, reach, values=None):
    """Weights by the definition, pair of items by pair of items: the places of each user's items are counted out."""
    num_users, num_items = interactions.num_users, interactions.num_items
    gram, taken = np.zeros((num_items, num_items)), np.zeros((num_users, num_items))
    for user in range(num_users):
        mine = interactions.user_index == user
        items, times = interactions.item_index[mine], interactions.time[mine]
        weight = np.ones(len(items)) if values is None else values[mine]
        place = np.array([(times < time).sum() + ((times == time).sum() - 1) / 2 for time in times])
        for one, i in enumerate(items):
            taken[user, i] = weight[one]
            for other, j in enumerate(items):
                gram[i, j] += weight[one] * weight[other] * np.exp(-abs(place[one] - place[other]) / reach)
    inverse = np.linalg.inv(gram + reg * np.eye(num_items))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return taken @ weights


@pytest.mark.parametrize("block", [3, 1024])
@pytest.mark.parametrize("shape", [(50, 23), (23, 50)], ids=["fewer items", "fewer users"])
def test_nearby_ease_is_its_definition(shape, block, monkeypatch):
    monkeypatch.setattr("gnn.baselines.nearby_ease._BLOCK", block)
    matrix = random_matrix(2, shape)
    values = np.random.default_rng(1).random(int(matrix.sum())).astype(np.float32) + 0.5
    plain, weighed = of_matrix(matrix), of_matrix(matrix, value=values)
    for data, value in ((plain, None), (weighed, values)):
        found = fitted(NearbyEASE(reg=7.0, reach=2.0), data).score(np.arange(shape[0]))
        np.testing.assert_allclose(found, nearby_reference(data, 7.0, 2.0, value), rtol=1e-4, atol=2e-6)


def test_nearby_ease_is_ease_where_all_is_of_one_moment_or_nothing_is_far():
    matrix = random_matrix(2)
    usual = fitted(EASE(5.0), of_matrix(matrix)).score(np.arange(50))
    at_once = of_matrix(matrix, time=np.full(int(matrix.sum()), 7))
    np.testing.assert_allclose(fitted(NearbyEASE(5.0, 1.0), at_once).score(np.arange(50)), usual, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        fitted(NearbyEASE(5.0, 1e9), of_matrix(matrix)).score(np.arange(50)), usual, rtol=1e-4, atol=1e-6
    )


def test_of_a_pair_that_came_twice_the_last_time_counts_whatever_the_order():
    once = Interactions([0, 0, 0, 1, 1], [0, 1, 2, 0, 2], 2, 3, time=[5, 1, 6, 1, 2])
    twice = Interactions([0, 1, 0, 0, 0, 1], [1, 2, 0, 0, 2, 0], 2, 3, time=[1, 2, 5, 0, 6, 1])
    one, other = (fitted(NearbyEASE(1.0, 1.0), data).score(np.arange(2)) for data in (once, twice))
    np.testing.assert_allclose(one, other, rtol=1e-6)
    assert one[0, 1] < one[0, 0]  # item 2 was near 0 and far from 1


def test_nearby_ease_refuses_what_it_cannot_learn_from():
    with pytest.raises(TrainingError, match=r"without times.*Use EASE"):
        NearbyEASE().fit(np.array([0]), np.array([0]), 1, 1)
    with pytest.raises(TrainingError, match=r"20,000 items.*max_size=10,000.*Use EASE"):
        NearbyEASE().fit(np.array([0]), np.array([0]), 1, 20_000, time=np.array([0]))
    with pytest.raises(EvaluationError, match=r"value, time hold \[1, 1, 2\] rows"):
        NearbyEASE().fit(np.array([0]), np.array([0]), 1, 1, time=np.array([0, 1]))


def test_social_knn_is_the_share_of_friends_who_took_an_item():
    matrix, ties = random_matrix(2), (np.random.default_rng(1).random((50, 50)) < 0.1).astype(np.float32)
    ties[7] = 0
    values = np.random.default_rng(1).random(int(matrix.sum())).astype(np.float32) + 0.5
    weighed = np.zeros_like(matrix)
    weighed[np.nonzero(matrix)] = values
    model = fitted(SocialKNN(sparse.csr_array(3 * ties)), of_matrix(matrix, value=values))
    expected = np.array([weighed[row > 0].mean(axis=0) if row.any() else np.zeros(23) for row in ties])
    asked = np.array([7, 3, 3, 49])
    np.testing.assert_allclose(model.score(asked), expected[asked], rtol=1e-5)
    assert not model.score(np.array([7])).any()
    assert model.score(asked[:0]).shape == (0, 23)
    with pytest.raises(TrainingError, match=r"ties between 49 users and interactions of 50"):
        fitted(SocialKNN(sparse.csr_array((49, 49))), of_matrix(matrix))


def ials_loss(matrix, users, items, unobserved, reg):
    scores = users @ items.T
    fit = (matrix * (1 - scores) ** 2).sum() + unobserved * (scores**2).sum()
    of_user = (np.count_nonzero(matrix, axis=1) + unobserved * len(items)) @ (users**2).sum(axis=1)
    of_item = (np.count_nonzero(matrix, axis=0) + unobserved * len(users)) @ (items**2).sum(axis=1)
    return fit + reg * (of_user + of_item)


@pytest.mark.parametrize("block", [40, 2**22])
def test_ials_leaves_no_item_vector_that_could_be_better_and_no_epoch_makes_it_worse(block, monkeypatch):
    monkeypatch.setattr("gnn.baselines.ials._BLOCK", block)
    matrix = random_matrix(4) * np.random.default_rng(0).integers(1, 4, (50, 23))
    data = of_matrix(matrix, value=matrix[np.nonzero(matrix)])
    losses = []
    for epochs in (1, 2, 8):
        model = fitted(IALS(0.2, 0.05, embedding_size=5, epochs=epochs), data)
        users, items = model.users.astype(np.float64), model.items.astype(np.float64)
        losses.append(ials_loss(matrix, users, items, 0.2, 0.05))
        for item in range(23):
            for step in np.eye(5):
                for size in (-0.02, 0.02):
                    moved = items.copy()
                    moved[item] += size * step
                    assert ials_loss(matrix, users, moved, 0.2, 0.05) > losses[-1]
    assert losses == sorted(losses, reverse=True)


def test_ials_is_a_function_of_its_seed():
    data = of_matrix(random_matrix())
    one, same, other = (fitted(IALS(embedding_size=4, seed=seed), data).items for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_ease_refuses_more_users_and_items_than_memory_is_meant_for():
    with pytest.raises(TrainingError, match=r"200,000 users and 100,000 items.*200,000,000,000 bytes.*max_size=10,000"):
        EASE().fit(np.array([0]), np.array([0]), 200_000, 100_000)
    few = EASE().fit(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, 100_000)
    assert few.score(np.array([1]))[0, :3].argmax() == 0


@pytest.mark.parametrize(
    ("baseline", "wrong"),
    [
        (EASE, {"reg": 0}),
        (NearbyEASE, {"reg": 0}),
        (NearbyEASE, {"reach": 0}),
        (ItemKNN, {"neighbours": 0}),
        (ItemKNN, {"shrinkage": -1.0}),
        (RP3beta, {"alpha": 0}),
        (RP3beta, {"beta": -0.5}),
        (RP3beta, {"neighbours": 0}),
        (IALS, {"unobserved": 0}),
        (IALS, {"reg": -0.1}),
        (IALS, {"embedding_size": 0}),
        (IALS, {"epochs": 0}),
    ],
)
def test_settings_that_cannot_work_are_refused(baseline, wrong):
    with pytest.raises(TrainingError, match=f"{next(iter(wrong))}={next(iter(wrong.values()))}"):
        baseline(**wrong)


def test_tuning_takes_the_best_on_validation_of_the_whole_grid():
    matrix = random_matrix(3, (80, 30))
    held = np.random.default_rng(0).random(matrix.shape) < 0.2
    train, valid = of_matrix(matrix * ~held), of_matrix(matrix * held)
    tuning = tune(ItemKNN, train, valid, metric="recall@5")
    assert len(tuning.trials) == len(ItemKNN.GRID["neighbours"]) * len(ItemKNN.GRID["shrinkage"])
    assert tuning.best.metrics["recall@5"] == max(trial.metrics["recall@5"] for trial in tuning.trials)
    again = evaluate(fitted(ItemKNN(**tuning.best.params), train), Holdout(train, valid), ks=(5,))
    assert again.metrics == tuning.best.metrics
    assert [trial.params for trial in tune(Popularity, train, valid).trials] == [{}]


def test_tuning_ranks_for_the_same_few_of_many_users():
    matrix = random_matrix(3, (80, 30))
    held = np.random.default_rng(0).random(matrix.shape) < 0.2
    train, valid = of_matrix(matrix * ~held), of_matrix(matrix * held)
    asked = []

    class Asked(Popularity):
        GRID: ClassVar = {"number": (1, 2, 3)}

        def __init__(self, number):
            asked.append(set())

        def score(self, user_index):
            asked[-1] |= set(user_index.tolist())
            return super().score(user_index)

    tune(Asked, train, valid, most_users=10)
    assert asked[0] == asked[1] == asked[2] < set(valid.user_index.tolist())
    assert 5 <= len(asked[0]) <= 10  # whose test items were all seen has no list


@pytest.mark.parametrize("metric", ["ndcg", "ndcg@", "speed@20"])
def test_tuning_refuses_metrics_it_does_not_know(metric):
    train, test = checkerboard(6)
    with pytest.raises(EvaluationError, match=f"got metric '{metric}'"):
        tune(Popularity, train, test, metric=metric)


def test_no_baseline_goes_untested():
    assert {*Baseline.__subclasses__(), *EASE.__subclasses__()} == {*BASELINES, SocialKNN}


@pytest.mark.parametrize("shape", [(50, 23), (23, 50)])
@pytest.mark.parametrize("model", [ItemKNN(), EASE(reg=2)])
def test_a_user_folded_in_is_scored_by_what_they_took_as_one_learnt_from(model, shape):
    data = of_matrix(random_matrix(shape=shape))
    fitted(model, data)
    found = model.fold_in(data.matrix()[[3, 5]])
    assert found == pytest.approx(model.score(np.array([3, 5])), abs=1e-4)
