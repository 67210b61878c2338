"""What a canary and a comparison of two releases work out of vectors and answers, without a database."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from gnn.fused_retrieval import FusedRetrieval
from gnn.interactions import Interactions
from gnn.topk import NOTHING
from graph.embeddings import Embeddings
from graph.fused import SHARE
from graph.neighbours import SimilarItems, nearest_by_cosine
from hopline.canary import CanaryCheck, CanaryConfig, _answer_checks
from hopline.history import History
from hopline.release_diff import _by_items_met, _change
from hopline.release_scorer import ReleaseScorer, best_unseen
from hopline.run_draft import draft_run
from hopline.run_folder import Run
from loaders.item_space import ItemSpace

NOBODY = np.arange(0)


def test_answers_are_held_against_exact_search_and_what_was_met():
    space = ItemSpace({"Item": np.array(["a", "b", "c", "d"])})
    items = Embeddings("Item", space.ids["Item"], np.array([[4.0], [3.0], [3.0], [1.0]], np.float32))
    users = Embeddings("User", np.array(["u", "v"]), np.ones((2, 1), np.float32))
    scorer = ReleaseScorer(users, (items,), {}, users.ids, space)
    seen = Interactions(np.array([0]), np.array([0]), 2, 4)
    both = np.arange(2)
    top, scores = best_unseen(scorer, seen, both, slice(0, 4), 2)
    assert top.tolist() == [[1, 2], [0, 1]]

    def recall_and_seen(answered):
        found = _answer_checks("Item", answered, top, scores, scorer, seen, both, CanaryConfig(k=2))
        return [(check.value, check.passed) for check in found]

    assert recall_and_seen([[1, 2], [0, 1]]) == [(1.0, True), (0, True)]
    assert recall_and_seen([[2, 1], [0, 2]]) == [(1.0, True), (0, True)]  # b and c tie
    assert recall_and_seen([[1, 3], [0]]) == [(0.5, False), (0, True)]
    assert recall_and_seen([[0, 1], [0, 1]]) == [(0.75, False), (1, False)]


def test_a_check_passes_up_to_its_limit_on_either_side():
    assert CanaryCheck("recall", 0.98, 0.98, "").passed
    assert not CanaryCheck("recall", float("nan"), 0.98, "").passed
    assert CanaryCheck("seen", 0, 0, "", is_upper=True).passed
    assert not CanaryCheck("seen", 1, 0, "", is_upper=True).passed


def test_lists_are_compared_as_sets_and_as_orders():
    rng = np.random.default_rng(0)
    before, after = (np.array([rng.permutation(12)[:6] for _ in range(40)]) for _ in range(2))
    before[0], after[0] = (3, 1, 2, *[NOTHING] * 3), (1, 2, 3, *[NOTHING] * 3)
    before[1], after[1] = (3, 1, *[NOTHING] * 4), (3, 1, 2, *[NOTHING] * 3)
    before[2] = after[2] = NOTHING
    before[3] = after[3]
    change = _change(before, after)
    sets = [(set(one.tolist()) - {NOTHING}, set(two.tolist()) - {NOTHING}) for one, two in zip(before, after, strict=True)]
    assert change.num_users == 40
    assert change.other_items == sum(one != two for one, two in sets)
    assert change.other_order == 1 + sum(one == two for one, two in sets[4:])
    shares = [len(one & two) / max(len(one), len(two)) if one or two else 1.0 for one, two in sets]
    assert change.kept == pytest.approx(np.mean(shares))


def test_users_are_told_apart_by_how_much_they_met():
    groups = _by_items_met(np.array([0, 1, 5, 6, 20, 21, 100, 101]))
    assert {name: rows.nonzero()[0].tolist() for name, rows in groups.items()} == {
        "none met": [0],
        "1 to 5 met": [1, 2],
        "6 to 20 met": [3, 4],
        "21 to 100 met": [5, 6],
        "more than 100 met": [7],
    }


def test_a_user_whom_the_release_does_not_know_gets_its_popular_items_and_a_new_item_is_shown_to_nobody():
    space = ItemSpace({"Item": np.array(["a", "b", "new"])})
    items = Embeddings("Item", np.array(["b", "a"]), np.array([[1.0], [2.0]], np.float32))
    users = Embeddings("User", np.array(["known", "zero"]), np.array([[1.0], [0.0]], np.float32))
    scorer = ReleaseScorer(users, (items,), {"Item": ["b", "a"]}, np.array(["zero", "unknown", "known"]), space)
    seen = Interactions(NOBODY, NOBODY, 3, 3)
    assert scorer.known.tolist() == [False, False, True]
    assert best_unseen(scorer, seen, np.arange(3), slice(0, 3), 3)[0].tolist() == [[1, 0, NOTHING]] * 2 + [[0, 1, NOTHING]]
    assert best_unseen(scorer, seen, NOBODY, slice(0, 3), 3)[0].shape == (0, 3)


def test_where_neighbours_find_items_too_both_are_fused_whatever_the_order_of_the_release_and_who_is_not_known_gets_popular():
    rng = np.random.default_rng(0)
    ids = np.array([f"i{n}" for n in range(12)])
    of_release = rng.permutation(ids)[:11]  # and one that the graph no longer has
    vectors = {item: rng.normal(size=3).astype(np.float32) for item in [*of_release, "gone"]}
    items = Embeddings("Item", np.array([*of_release, "gone"]), np.stack(list(vectors.values())))
    near = nearest_by_cosine(rng.normal(size=(12, 3)).astype(np.float32), 4)
    users = Embeddings("User", np.array(["u", "v"]), rng.normal(size=(2, 3)).astype(np.float32))
    space = ItemSpace({"Item": ids})
    user_ids = np.array(["v", "nobody", "u"])
    popular = {"Item": ["i3", "i1"]}
    scorer = ReleaseScorer(users, (items,), popular, user_ids, space, SimilarItems("rp3beta", (near,)))
    seen = Interactions(np.array([0, 0, 2, 2]), np.array([3, 4, 5, 6]), 3, 12)
    k, history = 3, History(seen, seen.matrix)
    weight = np.zeros((12, 12), np.float32)
    for row, (places, weights) in enumerate(zip(near.places, near.weights, strict=True)):
        for place, one in zip(places, weights, strict=True):
            if "gone" not in (items.ids[row], items.ids[place]):
                weight[int(items.ids[row][1:]), int(items.ids[place][1:])] = one
    by_vectors = ReleaseScorer(users, (items,), popular, user_ids, space)
    wanted = FusedRetrieval(by_vectors, csr_array(weight), seen.matrix(), seen.matrix(), [slice(0, 12)], k, SHARE)
    everyone = np.arange(3)
    scores = scorer.answering(k, history).score(everyone)
    assert scores[[0, 2]] == pytest.approx(wanted.score(np.array([0, 2])), rel=1e-5)
    assert (scores[1] == by_vectors.score(everyone)[1]).all()
    assert best_unseen(scorer.answering(k, history), seen, everyone, slice(0, 12), k)[0][1].tolist() == [3, 1, NOTHING]
    assert (scorer.retrieve, by_vectors.retrieve) == ("vectors+similar", "vectors")


def test_vectors_alone_rank_without_a_look_at_what_was_liked():
    def never():
        raise AssertionError

    vectors = np.ones((1, 2), np.float32)
    space = ItemSpace({"Item": np.array(["i"])})
    scorer = ReleaseScorer(Embeddings("User", np.array(["u"]), vectors), (), {}, np.array(["u"]), space)
    assert scorer.answering(3, History(Interactions(NOBODY, NOBODY, 1, 1), never)) is scorer


def test_what_training_measured_of_other_vectors_is_not_told_of_compressed_ones():
    vectors = np.ones((1, 2), np.float32)
    run = Run(
        users=Embeddings("User", np.array(["u"]), vectors),
        items=(Embeddings("Item", np.array(["i"]), vectors),),
        popular={},
        config={},
        metrics={"ndcg@20": 0.5, "valid/ndcg@20": 0.6, "valid/vectors+similar/ndcg@20": 0.65, "valid/click/auc": 0.7},
        best_epoch=1,
        train_s=0.1,
        interactions="digest",
        read_at=7,
        cleaning={},
    )
    assert draft_run(run).metrics == run.metrics
    assert draft_run(run).data == {"interactions": "digest", "read_at": 7}
    run.compressed["metric"] = "ndcg@20"
    assert draft_run(run).metrics == {"ndcg@20": 0.5, "valid/click/auc": 0.7}
