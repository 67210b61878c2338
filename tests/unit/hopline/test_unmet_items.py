"""Items that nobody met are placed by what is known of them."""

from dataclasses import replace

import numpy as np
import pytest

from graph.progress import silent
from graph.schema import Feature, FeatureType
from hopline.config import Config
from hopline.fit import fit
from hopline.node_properties import encode_rows
from hopline.unmet_items import UnmetItems
from loaders.features import FittedFeatures
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


def unmet_of(number, genres=None, label="Item"):
    """The items of a graph, each of one of two genres or as given, with so many interactions each."""
    base = snapshot(num_items=len(number))
    given = [["a"] if place % 2 else ["b"] for place in range(len(number))] if genres is None else genres
    none = {kind.triple: edges([]) for kind in base.schema.knowledge}
    items = replace(base.nodes["Item"], columns={"genres": given})
    graph = replace(base, nodes={**base.nodes, "Item": items}, edges={**base.edges, **none})
    features = FittedFeatures.fit(graph)
    asked = []

    def encode(rows):
        asked.append(rows)
        return encode_rows(features, graph, label)(rows)

    return UnmetItems.of(graph, label, encode, np.array(number), np.array(number) > 0), asked


def test_those_of_which_nothing_is_known_stay_and_those_that_are_alike_are_placed_alike():
    genres = [["a"] if place % 2 else ["b"] for place in range(23)] + [[]]
    unmet, _ = unmet_of([9] * 20 + [0] * 4, genres)
    assert unmet.unmet.tolist() == [20, 21, 22]
    vectors = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
    placed = unmet.vectors(vectors)
    assert placed.shape == (3, 3)
    np.testing.assert_allclose(placed[0], placed[2])
    assert not np.allclose(placed[0], placed[1])


def test_where_all_were_met_or_too_few_nothing_is_encoded():
    for number in ([5] * 24, [5] * 9 + [0] * 15):
        unmet, asked = unmet_of(number)
        assert unmet is None
        assert asked == []


def test_where_nothing_is_known_of_those_that_were_met_nothing_is_placed():
    assert unmet_of([5] * 20 + [0] * 4, [[]] * 20 + [["a"], ["b"]] * 2)[0] is None


def test_only_those_that_most_met_are_learnt_from(monkeypatch):
    monkeypatch.setattr("hopline.unmet_items.MOST_MET", 12)
    unmet, asked = unmet_of([*range(1, 23), 0, 0])
    assert unmet.met.tolist() == list(range(10, 22))
    assert sorted(asked[0].tolist()) == list(range(10, 24))


def test_no_vector_is_longer_than_the_longest_of_those_that_were_met():
    base = snapshot(num_items=40)
    size = np.append(np.linspace(-1, 1, 39), 500.0)
    kind = base.schema.items[0].model_copy(update={"features": (Feature(name="size", type=FeatureType.NUMERIC),)})
    nodes = tuple(kind if one.label == "Item" else one for one in base.schema.nodes)
    graph = replace(
        base,
        schema=base.schema.model_copy(update={"nodes": nodes}),
        nodes={**base.nodes, "Item": replace(base.nodes["Item"], columns={"size": size})},
    )
    features = FittedFeatures.fit(graph)
    vectors = np.column_stack([np.ones(40), size]).astype(np.float32)
    number = np.append(np.full(39, 9), 0)
    unmet = UnmetItems.of(graph, "Item", encode_rows(features, graph, "Item"), number, number > 0)
    (placed,) = unmet.vectors(vectors)
    longest = np.linalg.norm(vectors[:39], axis=1).max()
    assert np.linalg.norm(placed) <= longest * (1 + 1e-6)
    assert placed[1] > 0.5  # it is where larger ones are
