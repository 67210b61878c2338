"""Items that nobody met are placed by what is known of them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from graph.progress import silent
from hopline.config import Config
from hopline.fit import fit
from hopline.unmet_items import UnmetItems
from tests.small_graphs import edges, snapshot

CONFIG = Config().changed(
    {
        "train": {"epochs": 4},
        "model": {"embedding_size": 8},
        "split": {"valid": 0.2, "test": 0.2},
        "fuse": {"ials": 0.0, "scales": [], "distil": {"steps": 20}},
    }
)
USERS, ITEMS = 30, 40


def graph():
    """Even users like items of the genre even, odd users of odd; nobody met items 36 to 39, and of 39 nothing is known."""
    pairs = sorted((u, i) for u in range(USERS) for i in range(36) if u % 2 == i % 2 and (u + i) % 5)
    base = snapshot(pairs, num_users=USERS, num_items=ITEMS)
    genres = [["even"] if i % 2 == 0 else ["odd"] for i in range(39)] + [[]]
    items = replace(base.nodes["Item"], columns={"genres": genres})
    none = edges([])
    facts = {kind.triple: none for kind in base.schema.knowledge}
    return replace(base, nodes={**base.nodes, "Item": items}, edges={**base.edges, **facts})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    told = (silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    return fit(graph(), CONFIG.model_copy(update={"run_folder": tmp_path_factory.mktemp("run")}), 0, *told)


def test_each_user_is_offered_the_new_items_of_the_genre_they_like(run):
    scores = run.scorer().score(np.arange(USERS))
    even, odd = scores[::2], scores[1::2]
    assert (even[:, 36] > even[:, 37]).all()
    assert (even[:, 38] > even[:, 37]).all()
    assert (odd[:, 37] > odd[:, 36]).all()


def test_who_met_one_is_recommended_what_is_like_it(run):
    of_even, of_odd = (run.student.vector([item]) @ run.items[0].vectors[:36].T for item in (36, 37))
    assert of_even[::2].mean() > of_even[1::2].mean()
    assert of_odd[1::2].mean() > of_odd[::2].mean()


def test_those_that_were_met_stay_and_so_do_those_of_which_nothing_is_known():
    attributes = sparse.csr_array(np.tile(np.eye(2, dtype=np.float32), (12, 1)))
    attributes[23, 1] = 0
    attributes.eliminate_zeros()
    number = np.full(24, 9)
    number[20:] = 0
    unmet = UnmetItems.of(attributes, number)
    assert unmet.unmet.tolist() == [20, 21, 22]
    vectors = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
    assert unmet.vectors(vectors).shape == (3, 3)
    np.testing.assert_allclose(unmet.vectors(vectors)[0], unmet.vectors(vectors)[2])


def test_too_few_that_were_met_teach_nothing():
    attributes = sparse.csr_array(np.ones((24, 1), np.float32))
    number = np.zeros(24, np.int64)
    number[:9] = 5
    unmet = UnmetItems.of(attributes, number)
    assert not len(unmet.unmet)
    assert unmet.vectors(np.ones((24, 3), np.float32)).shape == (0, 3)
    assert not len(UnmetItems.of(sparse.csr_array((24, 0), dtype=np.float32), np.full(24, 5)).unmet)


def test_where_all_were_met_nothing_is_made_anew():
    attributes = sparse.csr_array(np.ones((24, 1), np.float32))
    assert not len(UnmetItems.of(attributes, np.full(24, 5)).unmet)
