"""What finds recommendations, as validation chooses it where the network is alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from gnn.baselines import RP3beta
from gnn.evaluate import evaluate
from gnn.vector_scorer import VectorScorer
from graph.fused import SHARE
from graph.progress import silent
from hopline.config import Config
from hopline.fusion import FusedVectors, TeacherVectors, fuse
from hopline.neighbours import num_published
from hopline.pairs import Pairs
from hopline.retrieval import choose_retrieval, retrieved
from hopline.split_log import prepare
from tests.small_graphs import checkerboard, snapshot

SIZE = 24
ALONE = {"fuse": {"max_scores": SIZE * SIZE - 1}}


@cache
def prepared():
    config = Config()
    return prepare(snapshot(checkerboard()), config.clean, config.behaviours, config.split, 0)


@pytest.fixture(scope="module")
def parts():
    return prepared().split_log


def as_fused(vectors, ease=None):
    return FusedVectors(vectors, vectors, TeacherVectors(vectors, vectors), {}, ease)


def chosen(vectors, parts, **sections):
    config = Config().changed(sections)
    heard = []
    pairs = Pairs.of(prepared(), refit=True)

    def say(stage, _done, _total):
        heard.append(stage)

    return choose_retrieval(as_fused(vectors), parts, pairs, "ndcg@20", config, say), heard


def noise():
    rng = np.random.default_rng(0)
    return VectorScorer(*(rng.standard_normal((SIZE, 8)).astype(np.float32) for _ in range(2)))


def parity():
    """Vectors that know all there is to know of a checkerboard."""
    return VectorScorer(*(np.eye(2, dtype=np.float32)[np.arange(SIZE) % 2] for _ in range(2)))


def test_neighbours_find_recommendations_too_where_they_know_better_for_sure(parts):
    found, heard = chosen(noise(), parts, **ALONE)
    assert found.retrieve == "vectors+similar"
    assert found.similar.by == "rp3beta"
    (of_items,) = found.similar.of_domains
    assert (of_items.places[of_items.is_there] % 2 == np.nonzero(of_items.is_there)[0] % 2).all()
    tried = found.told["valid/ndcg@20"]
    assert (
        tried["vectors+similar"]
        > tried["vectors"]
        == pytest.approx(evaluate(noise(), parts.valid(), ks=(20,)).metrics["ndcg@20"])
    )
    params = found.told["params"]["RP3beta"]
    assert (params["neighbours"], of_items.places.shape) == (50, (SIZE, SIZE - 1))
    assert heard == ["tuning RP3beta, to find what is near to what users met, on validation"]


def test_neighbours_are_of_all_that_is_learnt(parts):
    found, _ = chosen(noise(), parts, **ALONE)
    params, learnt = found.told["params"]["RP3beta"], parts.liked(parts.learnt)
    model = RP3beta(**params).fit(learnt.user_index, learnt.item_index, SIZE, SIZE)
    assert (found.similar.matrix() != model.walks).nnz == 0


def test_vectors_find_them_alone_where_they_know_all_and_the_neighbours_stay_for_cypher(parts):
    found, _ = chosen(parity(), parts, **ALONE)
    assert (found.retrieve, found.similar.by) == ("vectors", "rp3beta")


def test_nothing_is_tried_where_models_can_be_fused_or_no_neighbours_are_wanted(parts):
    for sections in ({}, {**ALONE, "publish": {"similar": 0}}):
        found, heard = chosen(noise(), parts, **sections)
        assert (found.retrieve, found.similar, found.told, heard) == ("vectors", None, {}, [])
    config, pairs = Config(), Pairs.of(prepared(), refit=True)
    fused = fuse(noise(), noise(), pairs, "ndcg@20", config.fuse, silent)
    found = choose_retrieval(fused, parts, pairs, "ndcg@20", config, silent)
    assert (found.retrieve, found.similar.by) == ("vectors", "ease")


def test_what_ranks_is_both_lists_fused_and_without_neighbours_the_vectors(parts):
    vectors, holdout = noise(), parts.test()
    near = chosen(vectors, parts, **ALONE)[0].similar
    assert retrieved(vectors, None, parts, parts.learnt, holdout, 20) is vectors
    scores = retrieved(vectors, near, parts, parts.learnt, holdout, 5).score(np.arange(SIZE))
    unmet = holdout.seen.toarray() == 0
    assert (scores[~unmet] == -np.inf).all()
    assert scores[unmet].max() <= 1 + SHARE
    assert ((scores > -np.inf).sum(axis=1) <= 10).all()


def test_neighbours_are_written_as_configured_else_where_answers_need_them():
    wanted = {(None, "vectors"): 0, (None, "vectors+similar"): 20, (0, "vectors+similar"): 0, (7, "vectors"): 7}
    assert {case: num_published(*case) for case in wanted} == wanted


def test_of_what_a_user_liked_the_last_is_kept_by_time_each_item_once(parts):
    log = parts.log
    time = np.random.default_rng(1).permutation(len(log)).astype(np.int64)
    timed = replace(parts, log=replace(log, time=time))
    rows = parts.split.train
    for user in range(SIZE):
        own = [row for row in rows if log.user_index[row] == user]
        last = sorted(own, key=lambda row: -time[row])[:3]
        found = timed.last_liked(rows, 3)
        assert set(found.item_index[found.user_index == user].tolist()) == {int(log.item_index[row]) for row in last}
    twice = timed.last_liked(np.sort(np.concatenate([rows, rows])), SIZE)
    assert len(twice.user_index) == len(rows)
    whole = parts.last_liked(rows, SIZE)
    assert (whole.matrix() != parts.liked(rows).matrix()).nnz == 0
