"""Items on a plane: what is near there is alike, and what cannot be drawn is said."""

import numpy as np
import pytest

from graph.embeddings import Embeddings
from hopline.errors import ConfigError
from hopline.item_map import map_items, principal_plane
from tests.small_graphs import snapshot


def items_of(vectors, ids=None):
    return Embeddings("Item", np.arange(len(vectors)) if ids is None else np.asarray(ids), np.asarray(vectors, np.float32))


def two_tastes(num_items=24, size=6):
    """Items of even and odd numbers along two directions, a little apart from each other."""
    rng = np.random.default_rng(0)
    axes = np.eye(size)[[number % 2 for number in range(num_items)]]
    lengths = 1 + 9 * rng.random((num_items, 1))
    return lengths * (axes + 0.05 * rng.normal(size=(num_items, size)))


def test_directions_in_a_plane_keep_their_distances_whatever_their_lengths():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 50)
    unit = np.column_stack([np.cos(angle), np.sin(angle)])
    turned = unit @ np.linalg.qr(rng.normal(size=(5, 5)))[0][:2]
    points, shares = principal_plane((rng.uniform(0.1, 9, (50, 1)) * turned).astype(np.float32))
    wanted = np.linalg.norm(unit[:, None] - unit[None], axis=2)
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points[None], axis=2), wanted, atol=1e-5)
    assert sum(shares) == pytest.approx(1)
    assert shares[0] >= shares[1]


def test_vectors_of_one_number_are_on_a_line():
    points, shares = principal_plane(np.array([[1], [-1], [2]], np.float32))
    assert points[:, 1].tolist() == [0, 0, 0]
    assert shares == (1.0, 0.0)


def test_items_of_one_taste_are_nearer_to_each_other_than_to_the_others():
    found = map_items(items_of(two_tastes()), 7, snapshot())
    assert (found.label, found.version, len(found.frame)) == ("Item", 7, 24)
    side = {int(row["id"]) % 2: set() for row in found.frame.to_dicts()}
    for row in found.frame.to_dicts():
        side[int(row["id"]) % 2].add(row["x"] > 0)
    assert side[0] != side[1]
    assert all(len(signs) == 1 for signs in side.values())


def test_the_items_met_most_are_drawn_and_carry_how_often():
    pairs = [(user, item) for item in range(24) for user in range(24 - item)]
    found = map_items(items_of(two_tastes()), 1, snapshot(pairs), limit=5)
    assert found.frame["id"].to_list() == ["0", "1", "2", "3", "4"]
    assert found.frame["interactions"].to_list() == [24, 23, 22, 21, 20]
    assert found.frame["title"].to_list() == found.frame["id"].to_list()  # no title in the schema


def test_a_property_colours_by_its_first_value_and_nothing_is_said_so():
    found = map_items(items_of(two_tastes()), 1, snapshot(), by="genres")
    wanted = {str(item): "even" if item % 4 == 0 else "none" for item in range(24)}
    assert dict(zip(found.frame["id"], found.frame["genres"], strict=True)) == wanted


def test_items_that_the_graph_no_longer_has_are_left_out():
    found = map_items(items_of(two_tastes(), ids=[*range(23), 99]), 1, snapshot())
    assert "99" not in found.frame["id"].to_list()
    assert len(found.frame) == 23


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(ConfigError, match="got 'decade' to colour Item by; expected interactions or one of genres"):
        map_items(items_of(two_tastes()), 1, snapshot(), by="decade")
    with pytest.raises(ConfigError, match="release 4 has 2 Item that the graph has too; expected at least 3"):
        map_items(items_of(two_tastes()[:2]), 4, snapshot())
