import pytest

from graph.schema import FeatureType
from loaders.errors import InputError
from tests.small_formats import ML_1M, ML_10M, ML_100K, ML_LATEST
from tests.whole_tables import read_tables


def nodes(tables, label):
    return next(table.frame for table in tables.nodes if table.label == label)


def edges(tables):
    return {table.kind.type: table.frame.rows() for table in tables.edges}


def left_out(tables):
    return [row[:3] for row in tables.set_aside.iter_rows()]


def test_100k_has_flags_for_genres_and_titles_in_latin_1(folder):
    tables = read_tables(folder(ML_100K))
    assert nodes(tables, "Movie").rows() == [
        ("242", "Kolya", 1996, ["Comedy"]),
        ("302", "The Abyss", 1989, ["Action", "Sci-Fi"]),
        ("7", "Misérables, Les", 1995, None),
    ]
    assert nodes(tables, "User").to_dicts()[0] == {
        "id": "196",
        "age": 49,
        "gender": "M",
        "occupation": "writer",
        "zip_code": "55105",
    }
    assert edges(tables) == {
        "RATED": [("196", "242", 3.0, 881250949), ("186", "302", 3.0, 891717742), ("196", "302", 5.0, 881250950)],
        "HAS_GENRE": [("242", "Comedy"), ("302", "Action"), ("302", "Sci-Fi")],
        "RELEASED_IN": [("242", "1990s"), ("302", "1980s"), ("7", "1990s")],
    }
    assert tables.set_aside.is_empty()


def test_1m_has_two_colons_between_fields_and_groups_of_ages(folder):
    tables = read_tables(folder(ML_1M))
    assert nodes(tables, "Movie").rows() == [
        ("1193", "Amélie", 2001, ["Comedy", "Romance"]),
        ("661", "The Abyss", 1989, ["Action"]),
    ]
    assert nodes(tables, "User").rows() == [("1", "1", "F", "10", "48067"), ("2", "56", "M", "16", "70072")]
    assert {feature.type for feature in tables.schema.user.features} == {FeatureType.CATEGORICAL}
    assert edges(tables)["RATED"][0] == ("1", "1193", 5.0, 978300760)


def test_10m_is_in_utf_8_without_users_and_with_tags(folder):
    tables = read_tables(folder(ML_10M))
    assert nodes(tables, "Movie")["title"].to_list() == ["Amélie"]
    assert nodes(tables, "User")["id"].to_list() == ["1", "2"]  # who only tagged rated nothing
    assert edges(tables)["HAS_TAG"] == [("122", "excellent!")]


def test_csv_has_quoted_titles_links_and_tags(folder):
    tables = read_tables(folder(ML_LATEST))
    assert nodes(tables, "Movie").rows() == [
        ("1", "Toy Story", 1995, ["Adventure", "Children"], "0114709", "862"),
        ("11", "The American President", 1995, ["Comedy", "Drama"], "0112346", None),
        ("12", 'Say "Hi", Abyss (nd)', None, None, "0113041", "11862"),
    ]
    assert {feature.name for feature in tables.schema.items[0].features} == {"year", "genres"}
    assert tables.schema.items[0].title == "title"
    assert edges(tables)["HAS_TAG"] == [("1", "pixar"), ("11", "quiet, slow")]
    assert left_out(tables) == [("tags.csv", 3, "the same relationship came before, the first is kept")]


def test_tags_and_links_may_be_left_out(folder):
    tables = read_tables(folder({name: ML_LATEST[name] for name in ("ratings.csv", "movies.csv")}))
    assert nodes(tables, "Movie").columns == ["id", "title", "year", "genres"]
    assert "HAS_TAG" not in edges(tables)


@pytest.mark.parametrize(
    ("files", "name", "more", "expected"),
    [
        (ML_LATEST, "ratings.csv", "1,1,x,964982703\n", (5, "rating is not a number")),
        (ML_LATEST, "ratings.csv", "1,404,1,964982703\n", (5, "movieId is not in movies.csv")),
        (ML_LATEST, "ratings.csv", "1,1\n", (5, "ragged row: expected 4 fields")),
        (ML_LATEST, "movies.csv", '13,"One, two\n', (5, "quotation marks that do not fit")),
        (ML_LATEST, "movies.csv", "12,Again,Drama\n", (5, "movieId came before, the first is kept")),
        (ML_LATEST, "links.csv", "404,1,2\n", (5, "movieId is not in movies.csv")),
        (ML_LATEST, "links.csv", "1,1,2\n", (5, "movieId came before, the first is kept")),
        (ML_LATEST, "links.csv", ",1,2\n", (5, "empty movieId")),
        (ML_LATEST, "tags.csv", "9,1,,5\n", (5, "empty tag")),
        (ML_1M, "ratings.dat", "1:1193:5:978300760\n", (4, "ragged row: expected 4 fields")),
        (ML_100K, "u.user", "1|old|M|writer|1\n", (3, "age is not a number")),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_file_line_and_reason(folder, files, name, more, expected):
    tables = read_tables(folder(files | {name: files[name] + more}))
    before = read_tables(folder(files)).set_aside.height
    assert tables.set_aside.height == before + 1
    assert (name, *expected) in left_out(tables)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            ML_LATEST | {"ratings.csv": "user,movieId,rating,timestamp\n1,1,1,1\n"}, "missing column userId", id="column"
        ),
        pytest.param(ML_LATEST | {"movies.csv": "movieId,title\n1,A\n"}, "missing column genres", id="film column"),
        pytest.param(ML_LATEST | {"links.csv": "movieId,imdbId\n1,1\n"}, "missing column tmdbId", id="link column"),
        pytest.param(ML_LATEST | {"tags.csv": "userId,tag\n1,1\n"}, "missing column movieId", id="tag column"),
        pytest.param(
            ML_LATEST | {"movies.csv": "movieId,title,genres\n1,Amélie,Drama\n".encode("latin-1")},
            "movies.csv is not UTF-8 (byte 25 is 0xe9); it may be latin-1",
            id="encoding",
        ),
        pytest.param(ML_1M | {"ratings.dat": "1\t2\t3\t4\n"}, "1 × ragged row: expected 4 fields", id="separator"),
        pytest.param(ML_100K | {"u.data": ""}, "u.data is empty", id="empty"),
        pytest.param(ML_100K | {"u.item": ""}, "u.item is empty", id="no films"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files), "movielens")
    assert message in str(error.value)


def test_a_file_in_another_encoding_is_known_and_read_in_it(folder):
    path = folder(ML_LATEST | {"movies.csv": ML_LATEST["movies.csv"].replace("Toy", "Jouét").encode("latin-1")})
    assert nodes(read_tables(path, encoding="latin-1"), "Movie")["title"][0] == "Jouét Story"
    with pytest.raises(InputError, match="give `--encoding latin-1`"):
        read_tables(path)
