import json

import numpy as np
import pytest

from graph.errors import SchemaError
from graph.schema import Feature, FeatureType
from graph.snapshot import NodeColumns, Snapshot
from loaders.errors import FeatureError
from loaders.features import FittedFeatures, TextEncoders
from tests.small_graphs import SCHEMA, snapshot

COLUMNS = {
    "age": [31, None, "forty", 52, 31, 10**18],
    "job": ["cook", "cook", "spy", None, "spy", 7],
    "tags": [["a", "b"], ["a"], [], None, "b", ["c"]],
    "bio": ["likes films", "likes music", "", None, "films and music", 3],
    "since": ["2020-01-01", 1577836800, None, "soon", "2021", "2019-06-01"],
    "face": [[1.0, 0], [0, 1.0], [1], None, [2, 2], "x"],
}
TYPES = dict(zip(COLUMNS, ["numeric", "categorical", "multi", "text", "date", "vector"], strict=True))


class Lengths:
    name = "lengths 1"
    dimensions = 2

    def encode(self, texts):
        return np.array([[len(text), text.count(" ")] for text in texts], np.float32)


class Wrong(Lengths):
    def encode(self, texts):
        return np.zeros((len(texts), 3))


class Newer(Lengths):
    name = "lengths 2"


class NoEncoder:
    name = "none"


def users(features, columns=COLUMNS, size=6):
    """A snapshot whose users have these features."""
    kind = SCHEMA.user.model_copy(update={"features": tuple(features)})
    schema = SCHEMA.model_copy(update={"nodes": (kind, *SCHEMA.nodes[1:])})
    whole = snapshot()
    nodes = {**whole.nodes, "User": NodeColumns(np.arange(size), columns)}
    return Snapshot(schema, nodes, whole.edges)


def declared(**changed):
    return [Feature(name=name, type=FeatureType(type_), **changed.get(name, {})) for name, type_ in TYPES.items()]


def own(**classes):
    return TextEncoders({name: f"{class_.__module__}:{class_.__qualname__}" for name, class_ in classes.items()})


def same(one, other):
    fields = ("dense", "categories", "weights", "known")
    return one.num_categories == other.num_categories and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in fields
    )


def test_every_type_of_feature_is_encoded_side_by_side():
    data = users(declared())
    encoded = FittedFeatures.fit(data).encode_all(data)
    assert set(encoded) == {"User", "Item", "Entity"}
    found = encoded["User"]
    assert found.dense.shape == (6, 2 + 6 + 3)  # each with its flag; the dates spread over the year and the week
    assert found.known.tolist() == [True, True, True, True, True, True]
    used = found.categories[found.categories > 0]
    assert used.max() < found.num_categories
    assert encoded["Entity"].dense.shape == encoded["Entity"].categories.shape == (4, 0)
    assert not encoded["Entity"].known.any()


def test_properties_do_not_share_categories():
    columns = {"one": ["a", "a"], "two": ["a", "a"]}
    data = users([Feature(name=name, type=FeatureType.CATEGORICAL) for name in columns], columns, 2)
    assert FittedFeatures.fit(data).encode("User", data.nodes["User"]).categories.tolist() == [[1, 2], [1, 2]]


def test_read_back_it_encodes_new_nodes_to_the_same_bits():
    data = users(declared())
    fitted = FittedFeatures.fit(data)
    again = FittedFeatures.from_json(json.loads(json.dumps(fitted.to_json())))
    new = NodeColumns(np.arange(3), {"age": [1, 99, "x"], "job": ["spy", "new", None], "bio": ["films", "new", "!"]})
    assert again.to_json() == fitted.to_json()
    assert same(again.encode("User", new), fitted.encode("User", new))
    assert same(again.encode("User", data.nodes["User"]), fitted.encode_all(data)["User"])


def test_the_report_counts_what_could_not_be_used_and_shows_one():
    rows = {row.name: row for row in FittedFeatures.fit(users(declared())).report if row.label == "User"}
    assert {name: (row.unusable, row.example) for name, row in rows.items()} == {
        "age": (1, "'forty'"),
        "job": (0, None),
        "tags": (0, None),
        "bio": (1, "3"),  # no term of it is in another text
        "since": (1, "'soon'"),
        "face": (2, "[1]"),
    }
    assert rows["age"].coverage == pytest.approx(4 / 6)
    assert rows["age"].distinct == 4
    assert (rows["since"].type, rows["since"].num_nodes) == ("date", 6)


def test_an_encoder_of_ones_own_is_taken_by_its_name():
    data = users(declared(bio={"encoder": "mine"}))
    fitted = FittedFeatures.fit(data, own(mine=Lengths))
    found = fitted.encode("User", data.nodes["User"])
    assert found.dense.shape[1] == 2 + 3 + 6 + 3
    again = FittedFeatures.from_json(fitted.to_json(), own(mine=Lengths))
    assert same(again.encode("User", data.nodes["User"]), found)


def test_a_release_cannot_name_code_to_import():
    stored = FittedFeatures.fit(users(declared(bio={"encoder": "mine"})), own(mine=Lengths)).to_json()
    with pytest.raises(FeatureError, match=r"no text encoder 'mine'; known are minilm\. Name yours under \[features"):
        FittedFeatures.from_json(stored).encode("User", NodeColumns(np.arange(1), {"bio": ["x"]}))


@pytest.mark.parametrize(
    ("encoders", "told"),
    [
        (TextEncoders({"mine": "no_such_module:X"}), "cannot be made: No module named"),
        (TextEncoders({"mine": "json:Nothing"}), "cannot be made: .*Nothing"),
        (TextEncoders({"mine": "json"}), "give it as package.module:Class"),
        (own(mine=NoEncoder), "is no encoder: it needs name, dimensions and encode"),
        (own(mine=Wrong), r"gave an array of shape \(4, 3\) for 4 texts; expected \(4, 2\)"),
    ],
)
def test_an_encoder_that_cannot_be_used_is_told(encoders, told):
    with pytest.raises(FeatureError, match=told):
        FittedFeatures.fit(users(declared(bio={"encoder": "mine"})), encoders)


def test_another_model_under_the_same_name_is_refused():
    stored = FittedFeatures.fit(users(declared(bio={"encoder": "mine"})), own(mine=Lengths)).to_json()
    newer = FittedFeatures.from_json(stored, own(mine=Newer))
    with pytest.raises(
        FeatureError, match=r"User\.bio was fitted with the text encoder 'lengths 1', and 'mine' is now 'lengths 2'"
    ):
        newer.encode("User", NodeColumns(np.arange(1), {"bio": ["x"]}))


@pytest.mark.parametrize("damage", [{"format": 2}, {"labels": {"User": [{}]}}, {"more": 1}])
def test_a_state_of_another_version_or_damaged_is_told(damage):
    with pytest.raises(FeatureError, match=r"cannot be read .* reads format 1: train and publish again"):
        FittedFeatures.from_json(FittedFeatures.fit(users(declared())).to_json() | damage)


def test_only_text_has_an_encoder():
    with pytest.raises(SchemaError, match="the feature 'age' is numeric and names the text encoder 'minilm'"):
        Feature(name="age", type=FeatureType.NUMERIC, encoder="minilm")


def test_a_label_that_was_not_fitted_is_told():
    with pytest.raises(FeatureError, match="no features were fitted for the label 'Shop'; there are User, Item, Entity"):
        FittedFeatures.fit(snapshot()).encode("Shop", NodeColumns(np.arange(1), {}))


def test_vectors_of_another_origin_are_appended():
    data = users(declared())
    encoded = FittedFeatures.fit(data).encode_all(data)["Entity"]
    more = encoded.with_dense(np.array([[1, 2], [0, 0], [3, 4], [0, 1]], np.float32))
    assert more.dense.tolist() == [[1, 2], [0, 0], [3, 4], [0, 1]]
    assert more.known.tolist() == [True, False, True, True]
