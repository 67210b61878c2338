"""What encodes nodes in training encodes them alike from a release, to the last bit."""

import numpy as np
import pytest

import graph.releases.features
from graph.errors import ReleaseError
from graph.publish import publish
from graph.releases import remove_release
from graph.releases.features import read_features
from graph.schema import Feature, FeatureType
from graph.snapshot import NodeColumns, read_snapshot
from loaders.features import FittedFeatures
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration

DECLARED = {
    "age": "numeric",
    "job": "categorical",
    "tags": "multi",
    "bio": "text",
    "since": "date",
    "face": "vector",
}
SET_PROPERTIES = """
MATCH (u:User) WITH u ORDER BY u.id
WITH collect(u) AS users UNWIND range(0, size(users) - 1) AS n
WITH users[n] AS u, n
SET u.age = CASE WHEN n = 3 THEN 'old' WHEN n = 5 THEN 9007199254740993 ELSE 20 + n END,
    u.job = CASE n % 3 WHEN 0 THEN 'cook `"\\'é' WHEN 1 THEN true ELSE null END,
    u.tags = CASE WHEN n % 2 = 0 THEN ['a', 'b'] ELSE ['a'] END,
    u.bio = 'Likes films number ' + n,
    u.since = CASE n % 4 WHEN 0 THEN date('2020-02-29') WHEN 1 THEN datetime('2021-03-04T05:06:07[Europe/Paris]')
                         WHEN 2 THEN localdatetime('1999-12-31T23:59:59.123456789') ELSE time('10:00') END,
    u.face = CASE WHEN n = 2 THEN [0.5] ELSE [1.0 / (n + 1), n * 0.1] END
"""


@pytest.fixture
def snapshot(database):
    """A graph whose users have a property of each type, and its snapshot."""
    write_graph(database, make_draft())
    rows(database, SET_PROPERTIES)
    features = tuple(Feature(name=name, type=FeatureType(type_)) for name, type_ in DECLARED.items())
    user = SCHEMA.user.model_copy(update={"features": features})
    schema = SCHEMA.model_copy(update={"nodes": (user, SCHEMA.nodes[1])})
    return read_snapshot(database, schema)


def same(one, other):
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("dense", "categories", "weights", "known")
    )


@pytest.mark.parametrize("characters_a_part", [100, graph.releases.features.CHARACTERS_A_PART])
def test_read_back_from_a_release_they_encode_old_and_new_nodes_to_the_same_bits(
    database, snapshot, monkeypatch, characters_a_part
):
    monkeypatch.setattr(graph.releases.features, "CHARACTERS_A_PART", characters_a_part)
    fitted = FittedFeatures.fit(snapshot)
    release = publish(database, snapshot.schema, make_draft(features=fitted.to_json()))
    again = FittedFeatures.from_json(read_features(database, release.version))
    values = {"age": [33.3, None], "job": ["pilot", True], "tags": [["b", "z"], []], "bio": ["films", ""]}
    new = NodeColumns(np.arange(2), values)
    assert again.to_json() == fitted.to_json()
    assert same(again.encode("User", snapshot.nodes["User"]), fitted.encode("User", snapshot.nodes["User"]))
    assert same(again.encode("User", new), fitted.encode("User", new))


def test_values_of_a_real_graph_are_read_and_what_is_no_such_value_is_counted(snapshot):
    found = {row.name: (row.unusable, row.example) for row in FittedFeatures.fit(snapshot).report}
    assert found["age"] == (1, "'old'")
    assert found["since"][0] == 2
    assert found["face"] == (1, "[0.5]")
    assert found["job"] == found["tags"] == (0, None)


@pytest.mark.usefixtures("snapshot")
def test_features_go_with_their_release(database):
    first = publish(database, SCHEMA, make_draft(features={"n": 1}))
    second = publish(database, SCHEMA, make_draft(features={"n": 2}))
    assert read_features(database, first.version) == {"n": 1}
    assert remove_release(database, SCHEMA, first.version, even_previous=True)
    assert read_features(database, second.version) == {"n": 2}
    assert rows(database, "MATCH (f:HoplineFeatures) RETURN count(f) AS number") == [{"number": 1}]
    with pytest.raises(ReleaseError, match="release 1 is not there, or was published by a version of Hopline that kept no"):
        read_features(database, first.version)
