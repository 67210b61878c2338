"""What is served: the network's vectors, fused or alone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import spearmanr

from gnn.baselines import NearbyEASE
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from hopline.config import Config
from hopline.fusion import fuse
from hopline.pairs import Pairs
from hopline.split_log import prepare
from tests.small_graphs import checkerboard, snapshot

SIZE = 24


@pytest.fixture(scope="module")
def prepared():
    config = Config()
    return prepare(snapshot(checkerboard()), config.clean, config.behaviours, config.split, 0)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    users, items = (rng.standard_normal((SIZE, 8)).astype(np.float32) for _ in range(2))
    return VectorScorer(users / np.linalg.norm(users, axis=1, keepdims=True), items)


def told(vectors, prepared, **fuse_config):
    heard = []
    config = Config().changed({"fuse": fuse_config})
    pairs = replace(Pairs.of(prepared, refit=True), ties=None)
    return fuse(vectors, vectors, pairs, "ndcg@20", config.fuse, lambda stage, _done, _total: heard.append(stage)), heard


def test_models_that_know_better_are_heard(prepared, vectors):
    found, heard = told(vectors, prepared, ease=0.3, ials=0.1, fitted=False)
    assert found.vectors.users.shape == found.vectors.items.shape == (SIZE, 8)
    assert found.told["shares"].keys() == {"EASE", "iALS"}
    assert all(share > 0 for share in found.told["shares"].values())
    assert found.told["valid/ndcg@20"].keys() == {"0", "0.5", "1", "2"}
    scores = found.vectors.score(np.arange(SIZE))
    alike = np.add.outer(np.arange(SIZE), np.arange(SIZE)) % 2 == 0
    before = vectors.score(np.arange(SIZE))
    assert scores[alike].mean() - scores[~alike].mean() > before[alike].mean() - before[~alike].mean()
    stages = [stage.split(",")[0] for stage in heard]
    assert list(dict.fromkeys(stages)) == ["tuning EASE", "tuning iALS", "distilling into 8 numbers a vector"]


def test_the_sum_is_distilled_into_the_size_that_is_asked_for(prepared, vectors):
    found, _ = told(vectors, prepared, size=3)
    assert found.vectors.users.shape == found.validated.items.shape == (SIZE, 3)
    assert told(vectors, prepared, size=3, scales=(), ease=0.0, ials=0.0)[0].vectors is vectors


def test_what_is_not_asked_for_is_not_fitted(prepared, vectors):
    found, heard = told(vectors, prepared, ease=0.0, ials=0.0)
    assert found.vectors is vectors
    assert (found.told, heard) == ({}, [])
    assert told(vectors, prepared, ials=0.0)[0].told["shares"].keys() == {"EASE"}
    assert "fitted" not in told(vectors, prepared, ials=0.0, fitted=False)[0].told["valid/ndcg@20"]


def walks(num_users, num_items, length, reach, seed):
    """Users who go from item to item, each step to one near by; their histories, and when each item was met."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(num_users):
        item, met = int(rng.integers(num_items)), []
        while len(met) < length:
            if item not in met:
                met.append(item)
            item = (
                int((item + rng.integers(-reach, reach + 1)) % num_items)
                if rng.random() < 0.8
                else int(rng.integers(num_items))
            )
        rows += [(user, item, time) for time, item in enumerate(met)]
    return np.array(rows)


def fuse_walks(time_of, **fuse_config):
    """Fuse vectors that are noise with what is learnt of walks, of which a fifth is held out."""
    user, item, time = walks(80, 60, 30, 1, 0).T
    is_valid = np.random.default_rng(1).random(len(user)) < 0.2

    def part(rows):
        return Interactions(user[rows], item[rows], 80, 60, time=time_of(time[rows]))

    train, valid, learnt = part(~is_valid), part(is_valid), part(np.arange(len(user)))
    rng = np.random.default_rng(0)
    noise = VectorScorer(*(rng.standard_normal((size, 8)).astype(np.float32) for size in (80, 60)))
    heard = []
    config = Config().changed({"fuse": fuse_config}).fuse
    pairs = Pairs(train, valid, learnt, Holdout(train, valid))
    return fuse(noise, noise, pairs, "ndcg@20", config, lambda stage, *_: heard.append(stage)), heard


def test_what_was_met_at_about_the_same_time_counts_where_validation_surely_gains_by_it():
    shares = {"ease": 0.4, "nearby_ease": 0.4, "ials": 0.0, "scales": (), "fitted": False}
    found, heard = fuse_walks(lambda time: time, **shares)
    tried = found.told["valid/ndcg@20"]
    assert tried["nearby"] > 1.1 * tried["1"]
    assert found.told["shares"] == {"EASE": 0.0, "NearbyEASE": 0.4}
    assert found.told["params"]["NearbyEASE"].keys() == {"reg", "reach"}
    assert type(found.ease) is NearbyEASE  # the relationships that are published are by what the vectors were fused with
    assert any(stage.startswith("tuning NearbyEASE") for stage in heard)


@pytest.mark.parametrize(
    ("time_of", "changed"),
    [(lambda _time: None, {}), (lambda time: time, {"nearby_ease": 0.0}), (lambda time: time, {"ease": 0.0})],
    ids=["no times", "not asked for", "without EASE"],
)
def test_nearness_is_not_tried_without_times_or_where_it_is_switched_off(time_of, changed):
    found, heard = fuse_walks(time_of, **{"ials": 0.2, "fitted": False} | changed)
    assert "nearby" not in found.told["valid/ndcg@20"]
    assert "NearbyEASE" not in found.told["shares"]
    assert not any("NearbyEASE" in stage for stage in heard)


def test_nearness_is_left_where_times_tell_nothing():
    """Each interaction has a time by chance, so validation cannot surely gain."""
    shuffled = np.random.default_rng(3).permutation
    found, _ = fuse_walks(shuffled, ease=0.4, ials=0.0, scales=(), fitted=False)
    assert "nearby" in found.told["valid/ndcg@20"]
    assert found.told["shares"] == {"EASE": 0.4, "NearbyEASE": 0.0}


def test_too_many_items_for_nearness_leave_ease_and_say_so(monkeypatch):
    monkeypatch.setattr(NearbyEASE.__init__, "__defaults__", (100.0, 30.0, 59))
    found, heard = fuse_walks(lambda time: time, ials=0.0, fitted=False)
    assert found.told["shares"].keys() == {"EASE"}
    assert any(stage.startswith("not fused with NearbyEASE: NearbyEASE got 60 items") for stage in heard)


def fuse_circles(seed_of_ties, *, knows=False, **fuse_config):
    """Fuse vectors with what is learnt of users who take what their circle does; ties are within circles, or by chance.

    ``knows``: the vectors tell what each circle takes; otherwise they are noise.
    """
    rng = np.random.default_rng(0)
    circle = np.repeat(np.arange(20), 5)
    favourites = rng.integers(0, 60, (20, 12))
    user = np.repeat(np.arange(100), 8)
    taken = np.unique(np.column_stack([user, favourites[circle[user], rng.integers(0, 12, len(user))]]), axis=0)
    is_valid = rng.random(len(taken)) < 0.3
    train, valid, learnt = (Interactions(*taken[rows].T, 100, 60) for rows in (~is_valid, is_valid, slice(None)))
    who = circle if seed_of_ties is None else np.random.default_rng(seed_of_ties).permutation(circle)
    ties = sparse.csr_array(((who[:, None] == who) & ~np.eye(100, dtype=bool)).astype(np.float32))
    noise = VectorScorer(*(rng.standard_normal((size, 8)).astype(np.float32) for size in (100, 60)))
    takes = (favourites[:, :, None] == np.arange(60)).any(axis=1)
    known = VectorScorer(np.eye(20, dtype=np.float32)[circle], takes.T.astype(np.float32))
    network = known if knows else noise
    config = Config().changed({"fuse": {"scales": (), "fitted": False} | fuse_config}).fuse
    return fuse(network, network, Pairs(train, valid, learnt, Holdout(train, valid), ties), "ndcg@20", config, lambda *_: None)


def test_what_friends_met_counts():
    found = fuse_circles(None, social_knn=0.3)
    tried = found.told["valid/ndcg@20"]
    assert tried["1"] > 1.2 * tried["unsocial"]
    assert found.told["shares"] == {"EASE": 0.05, "iALS": 0.2, "SocialKNN": 0.3}
    assert found.told["params"]["SocialKNN"] == {}
    without = fuse_circles(None, social_knn=0.0)
    assert "unsocial" not in without.told["valid/ndcg@20"]
    assert "SocialKNN" not in without.told["shares"]


def test_friends_with_nothing_in_common_are_left_out():
    found = fuse_circles(4, knows=True, social_knn=0.5)
    tried = found.told["valid/ndcg@20"]
    assert tried["unsocial"] > tried["1"]
    assert found.told["shares"] == {"EASE": 0.05, "iALS": 0.2, "SocialKNN": 0.0}


def test_times_and_friends_are_tried_together():
    user, item, time = walks(80, 60, 30, 1, 0).T
    is_valid = np.random.default_rng(1).random(len(user)) < 0.2
    train, valid = (Interactions(user[rows], item[rows], 80, 60, time=time[rows]) for rows in (~is_valid, is_valid))
    everyone = sparse.csr_array(np.ones((80, 80), np.float32))
    noise = VectorScorer(np.ones((80, 2), np.float32), np.zeros((60, 2), np.float32))
    pairs = Pairs(train, valid, train, Holdout(train, valid), everyone)
    found = fuse(noise, noise, pairs, "ndcg@20", Config().fuse, lambda *_: None)
    assert found.told["valid/ndcg@20"].keys() == {"0", "0.5", "1", "2", "fitted", "nearby", "unsocial", "nearby, unsocial"}
    assert found.told["shares"].keys() == {"EASE", "iALS", "NearbyEASE", "SocialKNN"}


def test_every_model_that_is_named_takes_part(prepared, vectors):
    found, _ = told(vectors, prepared, ease=0.1, ials=0.1, item_knn=0.05, rp3beta=0.05)
    assert found.told["shares"].keys() == found.told["params"].keys() == {"EASE", "iALS", "ItemKNN", "RP3beta"}


def test_a_network_that_knows_nothing_is_left_out_by_shares_that_validation_fits(prepared, vectors):
    """The vectors are noise: the shares that are configured leave them most of the sum, whatever they are scaled by."""
    found, _ = told(vectors, prepared)
    kept, _ = told(vectors, prepared, fitted=False)
    assert sum(found.told["shares"].values()) > 0.9
    assert sum(kept.told["shares"].values()) <= 0.5
    tried = found.told["valid/ndcg@20"]
    assert tried["fitted"] > max(value for name, value in tried.items() if name != "fitted")


def test_too_much_to_score_leaves_the_network_alone_and_says_so(prepared, vectors):
    found, heard = told(vectors, prepared, max_scores=SIZE * SIZE - 1, lengths=())
    assert found.vectors is vectors
    assert found.told == {}
    assert heard == ["the network alone: 576 users times items are more than [fuse] max_scores"]


def test_where_too_much_is_to_score_items_that_many_met_are_longer_if_validation_surely_gains():
    """The vectors are alike for all items but for a trace: what tells them apart is how often they were met."""
    rng = np.random.default_rng(0)
    taken = np.unique(np.column_stack([np.repeat(np.arange(60), 12), np.minimum(rng.geometric(0.08, 720) - 1, 39)]), axis=0)
    valid = rng.random(len(taken)) < 0.25
    parts = {name: Interactions(*taken[rows].T, 60, 40) for name, rows in (("train", ~valid), ("valid", valid))}
    learnt = Interactions(*taken.T, 60, 40)
    pairs = Pairs(parts["train"], parts["valid"], learnt, Holdout(parts["train"], parts["valid"]))
    users = np.ones((60, 1), np.float32)
    same = VectorScorer(users, 1 + 0.001 * rng.standard_normal((40, 1)).astype(np.float32))
    config = Config().changed({"fuse": {"max_scores": 1}}).fuse
    found = fuse(same, same, pairs, "ndcg@20", config, lambda *_: None)
    assert found.told["length"] in config.lengths
    assert found.told["valid/ndcg@20"].keys() == {"0", "0.05", "0.1", "0.2"}
    for vectors, of in ((found.validated, parts["train"]), (found.vectors, learnt)):
        lengths, met = np.abs(vectors.items[:, 0]), np.bincount(of.item_index, minlength=40)
        assert lengths.argmax() == met.argmax()
        assert spearmanr(lengths, met).statistic > 0.99
    assert found.teacher.learnt is found.vectors
    known = VectorScorer(users, np.linspace(1, 0, 40, dtype=np.float32)[:, None])  # as often as each is taken
    kept = fuse(known, known, pairs, "ndcg@20", config, lambda *_: None)
    assert (kept.told["length"], kept.vectors.items is known.items) == (0, True)
