"""Keys, titles and features are found where they are, whatever they are called."""

import neo4j.time
import pytest
from neo4j.spatial import WGS84Point

from graph.inspect.nodes import choose_features, choose_key, choose_title, feature_type
from graph.inspect.sample import NodeSample
from graph.schema import FeatureType

N = 40


def sample(label="Movie", **properties):
    return NodeSample(label, [frozenset([label])] * N, properties)


@pytest.mark.parametrize(
    ("properties", "unique", "name", "parts"),
    [
        pytest.param({"sku": list(range(N)), "id": list(range(N))}, [["sku"]], "sku", (), id="a constraint comes first"),
        pytest.param({"a": ["x"] * N, "b": list(range(N))}, [["a", "b"]], "hopline_id", ("a", "b"), id="a composite one"),
        pytest.param({"movieId": list(range(N)), "imdbId": list(range(N))}, [], "movieId", (), id="the label's own"),
        pytest.param({"uuid": [f"{n:032x}" for n in range(N)], "x": list(range(N))}, [], "uuid", (), id="by its name"),
        pytest.param({"Artikel-Code": [f"A{n}" for n in range(N)]}, [], "Artikel-Code", (), id="short text that differs"),
        pytest.param({"nr": [float(n) for n in range(N)]}, [], "nr", (), id="whole numbers kept as floats"),
    ],
)
def test_the_key_is(properties, unique, name, parts):
    key = choose_key(sample(**properties), unique)
    assert (key.name, key.parts) == (name, parts)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1, *range(1, N)], id="one twice"),
        pytest.param([None, *range(1, N)], id="one missing"),
        pytest.param([n + 0.5 for n in range(N)], id="fractions"),
        pytest.param([[n] for n in range(N)], id="lists"),
        pytest.param([neo4j.time.Date(2020, 1, 1 + n % 28) for n in range(N)], id="dates"),
    ],
)
def test_what_cannot_be_a_key_is_none(values):
    assert choose_key(sample(id=values), [["id"]] if values[0] is not None and not isinstance(values[0], int) else []) is None


def test_a_constrained_property_that_some_nodes_lack_is_no_key():
    assert choose_key(sample(id=[None, *range(1, N)]), [["id"]]) is None


def test_a_title_is_named_as_one_and_is_mostly_there():
    assert choose_title(sample(name=["n"] * N, title=["t"] * N)) == "title"
    assert choose_title(sample(name=["n"] * N, title=[None] * (N - 1) + ["t"])) == "name"
    assert choose_title(sample(colour=["red"] * N, title=list(range(N)))) is None


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([n * 1.5 for n in range(N)], FeatureType.NUMERIC),
        (["n/a" if n % 10 == 0 else n * 1.5 for n in range(N)], FeatureType.NUMERIC),
        (["n/a" if n % 2 else n * 1.5 for n in range(N)], None),
        ([n % 3 for n in range(N)], FeatureType.CATEGORICAL),
        ([n % 2 == 0 for n in range(N)], FeatureType.CATEGORICAL),
        (["red", "green"] * (N // 2), FeatureType.CATEGORICAL),
        ([["a"], ["a", "b"]] * (N // 2), FeatureType.MULTI),
        ([f"a long text, number {n}" for n in range(N)], FeatureType.TEXT),
        ([neo4j.time.Date(2020, 1, 1 + n % 28) for n in range(N)], FeatureType.DATE),
        ([f"2020-01-{1 + n % 28:02d}" for n in range(N)], FeatureType.DATE),
        ([1_600_000_000 + 86_400 * n for n in range(N)], FeatureType.DATE),
        ([[0.5, float(n), 1.0] for n in range(N)], FeatureType.VECTOR),
        ([[0.5] * (2 + n % 3) for n in range(N)], None),
        ([WGS84Point((n, n)) for n in range(N)], None),
        (["the same"] * N, None),
        ([None] * N, None),
    ],
    ids=str,
)
def test_values_enter_the_model_as(values, type_):
    assert feature_type(values) is type_


def test_keys_titles_references_and_private_properties_are_no_features():
    of_some = sample(
        id=list(range(N)),
        title=[f"t{n}" for n in range(N)],
        ownerId=list(range(N)),
        email=[f"{n % 3}@x" for n in range(N)],
        password_hash=["a", "b"] * (N // 2),
        year=[1980 + n for n in range(N)],
    )
    key = choose_key(of_some, [["id"]])
    assert [feature.name for feature in choose_features(of_some, key, "title")] == ["year"]
