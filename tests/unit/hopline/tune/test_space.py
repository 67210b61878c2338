"""What is searched is what the graph has and the configuration asks for."""

import pytest

from hopline.config import Config
from hopline.tune.settings import by_section, read_setting
from hopline.tune.space import search_space
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import snapshot


@pytest.fixture(scope="module")
def data():
    return build_learning_graph(snapshot())


def test_every_range_holds_the_present_value_which_may_be_out_of_the_usual(data):
    usual = Config()
    odd = usual.changed(
        {
            "train": {"learning_rate": 1.23456789},
            "model": {"embedding_size": 48, "num_layers": 6},
            "tasks": {"link": {"weight": 1e-5}},
        }
    )
    for config in (usual, odd):
        space = search_space(config, data, {"ease", "ials"})
        assert space.present == {key: read_setting(config, key) for key in space.usual}
        for key, of in space.ranges().items():
            assert of._contains(of.to_internal_repr(space.present[key])), key
        assert space.settings(space.present) == space.present
        assert config.changed(by_section(space.present)) == config


def test_what_was_tried_stays_in_range_whatever_is_the_present(data):
    was = search_space(Config().changed({"model": {"embedding_size": 8}, "train": {"learning_rate": 0.5}}), data, {"ease"})
    now = search_space(Config(), data, {"ease"})
    assert now.usual == was.usual
    assert now.ranges() != was.ranges()
    assert now.ranges([was.present]) == was.ranges([now.present]) == was.ranges()


def test_other_numbers_are_tried_as_three_digits_and_sizes_as_multiples(data):
    space = search_space(Config(), data, {"ease", "ials"})
    tried = space.present | {"train.learning_rate": 0.0123456, "model.embedding_size": 99, "train.schedule": "cosine"}
    assert space.settings(tried) == tried | {"train.learning_rate": 0.0123, "model.embedding_size": 96}
    assert space.settings({"model.embedding_size": 3}) == {"model.embedding_size": 3}


def test_what_is_off_or_not_there_is_not_searched(data):
    config = Config().changed({"tasks": {"link": None}, "fuse": {"ease": 0.0}, "model": {"other_gate": 0.0}})
    keys = search_space(config, data, {"ials"}).usual.keys()
    assert keys & {"tasks.link.weight", "fuse.ease", "model.other_gate"} == set()
    assert keys >= {"tasks.rating.weight", "fuse.ials"}
    assert "fuse.ials" not in search_space(Config(), data, set()).usual


def test_shares_leave_something_to_the_network_at_their_largest(data):
    ranges = search_space(Config(), data, {"ease", "ials"}).ranges()
    Config().changed({"fuse": {key.removeprefix("fuse."): of.high for key, of in ranges.items() if key.startswith("fuse.")}})


@pytest.mark.parametrize("fused_with", [{"ease", "ials"}, {"ease", "ials", "nearby_ease", "social_knn"}])
@pytest.mark.parametrize(
    "fuse", [{}, {"item_knn": 0.2, "ials": 0.1}, {"rp3beta": 0.1}, {"social_knn": 0.2}, {"ials": 0.4}, {"scales": [4]}]
)
def test_shares_leave_something_beside_those_that_stay_too(data, fuse, fused_with):
    config = Config().changed({"fuse": {"ease": 0.02, "ials": 0.1} | fuse})
    ranges = search_space(config, data, fused_with).ranges()
    highest = {key.removeprefix("fuse."): of.high for key, of in ranges.items() if key.startswith("fuse.")}
    assert highest.keys() == fused_with
    at_most = config.changed({"fuse": highest}).fuse  # a configuration that may be
    assert at_most.ease > 0.02
