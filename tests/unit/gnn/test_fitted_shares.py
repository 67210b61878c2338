import numpy as np
import pytest
from scipy.optimize import check_grad

from gnn import fitted_shares
from gnn.fitted_shares import fit_shares
from gnn.fuse import standardised
from gnn.holdout import Holdout
from gnn.interactions import Interactions

USERS, ITEMS = 400, 60


class Table:
    def __init__(self, scores):
        self.scores = np.asarray(scores, np.float32)

    def score(self, user_index):
        return self.scores[user_index]


def tables(num=3, seed=0):
    rng = np.random.default_rng(seed)
    return [Table(standardised(rng.standard_normal((USERS, ITEMS)).astype(np.float32))) for _ in range(num)]


def met_by(scores, seen, num=3, seed=1, domains=None):
    """A holdout of what users meet by a softmax of their scores over the items they have not seen."""
    rng = np.random.default_rng(seed)
    noise = rng.gumbel(size=scores.shape)
    wanted = np.argsort(-np.where(seen, -np.inf, scores + noise), axis=1)[:, :num]
    users = np.repeat(np.arange(USERS), num)
    return Holdout(
        Interactions(*np.nonzero(seen), USERS, ITEMS, domains=domains),
        Interactions(users, wanted.ravel(), USERS, ITEMS, domains=domains),
    )


@pytest.fixture
def seen():
    return np.random.default_rng(2).random((USERS, ITEMS)) < 0.1


def test_shares_by_which_items_were_met_are_found_again(seen):
    models = tables()
    truth = np.array([1.2, 0.6, 0.0])
    holdout = met_by(sum(weight * model.scores for weight, model in zip(truth, models, strict=True)), seen)
    found = fit_shares(models, holdout)
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found, truth / truth.sum(), atol=0.05)
    assert (found >= 0).all()


def test_each_domain_is_a_choice_of_its_own(seen):
    models = tables(2)
    scores = 1.5 * models[0].scores
    scores[:, :20] += 50  # one domain is always met first: which one, no model needs to tell
    domains = {"Good": 20, "Article": 40}
    rng = np.random.default_rng(1)
    noisy = np.where(seen, -np.inf, scores + rng.gumbel(size=scores.shape))
    wanted = np.concatenate([noisy[:, :20].argmax(axis=1), 20 + noisy[:, 20:].argmax(axis=1)])
    users = np.tile(np.arange(USERS), 2)
    holdout = Holdout(
        Interactions(*np.nonzero(seen), USERS, ITEMS, domains=domains),
        Interactions(users, wanted, USERS, ITEMS, domains=domains),
    )
    found = fit_shares(models, holdout)
    assert found[0] > 0.9


def test_models_that_tell_the_opposite_have_no_share(seen):
    one, against = tables(2)
    holdout = met_by(2 * one.scores - against.scores, seen)
    np.testing.assert_array_equal(fit_shares([one, against], holdout), [1, 0])
    assert fit_shares([against], holdout) is None


def test_of_many_lists_some_are_drawn_the_same_each_time(seen, monkeypatch):
    models = tables(2)
    holdout = met_by(1.5 * models[1].scores, seen)
    every = fit_shares(models, holdout)
    monkeypatch.setattr(fitted_shares, "_SCORES_AT_ONCE", 0)
    asked = []
    models[0].score = lambda users: asked.append(users) or models[0].scores[users]
    some = [fit_shares(models, holdout) for _ in range(2)]
    assert len(np.concatenate(asked)) == 2 * 100
    np.testing.assert_array_equal(*some)
    assert not np.array_equal(some[0], every)
    np.testing.assert_allclose(some[0], every, atol=0.1)


def test_the_gradient_is_that_of_the_loss(seen):
    models = tables(2)
    holdout = met_by(models[0].scores, seen)
    part = fitted_shares._part(models, holdout, np.arange(50), slice(0, ITEMS))
    part = fitted_shares._Part(part.scores.astype(np.float64), part.unseen.astype(np.float64), part.met)
    for weights in (np.array([0.3, 0.9]), np.array([2.0, 0.0])):
        off = check_grad(lambda at: part.loss(at)[0], lambda at: part.loss(at)[1], weights, epsilon=1e-4)
        assert off < 1e-2 * np.linalg.norm(part.loss(weights)[1])
