import pytest

from graph.schema import FeatureType
from loaders.errors import InputError
from loaders.files import blocks
from tests.small_formats import AMAZON_2014, AMAZON_2018, AMAZON_2023, AMAZON_RATINGS, json_lines
from tests.whole_tables import read_tables

REVIEWS, META = "AMAZON_FASHION_5.json", "meta_AMAZON_FASHION.json"


def goods(tables):
    return next(table.frame.rows() for table in tables.nodes if table.label == "Item")


def edges(tables):
    return {table.kind.type: table.frame.rows() for table in tables.edges}


def test_2014_has_python_dictionaries_and_lists_in_lists_and_describes_more_or_less_than_was_reviewed(folder):
    tables = read_tables(folder(AMAZON_2014))
    assert goods(tables) == [
        ("B1", 'Peter\'s "Tale"', "Penguin", ["Books", "Poetry"], 7.5),
        ("B9", "Unread", None, None, None),
        ("B2", None, None, None, None),
    ]
    assert edges(tables) == {
        "RATED": [("A1", "B1", 5.0, 1252800000), ("A1", "B2", 2.0, 1252800001), ("A2", "B1", 4.0, 1252800002)],
        "HAS_BRAND": [("B1", "Penguin")],
        "HAS_CATEGORY": [("B1", "Books"), ("B1", "Poetry")],
    }
    assert {feature.name: feature.type for feature in tables.schema.items[0].features} == {
        "brand": FeatureType.CATEGORICAL,
        "categories": FeatureType.MULTI,
        "price": FeatureType.NUMERIC,
    }
    assert tables.set_aside.is_empty()


def test_2018_has_prices_with_currency_and_a_range_is_none(folder):
    assert goods(read_tables(folder(AMAZON_2018))) == [
        ("B1", "Cap", "Brim", ["Clothing", "Hats"], 1299),
        ("B2", "Scarf", None, None, None),
    ]


def test_2023_names_fields_otherwise_and_has_times_in_milliseconds(folder):
    tables = read_tables(folder(AMAZON_2023))
    assert goods(tables) == [("B1", "Spray", "Herb", None, None), ("B2", "Soap", "Herb", ["Bath"], 3.5)]
    assert edges(tables)["RATED"] == [("A1", "B1", 5.0, 1588687729), ("A2", "B1", 3.0, 1589665266)]


def test_ratings_alone_have_no_header(folder):
    tables = read_tables(folder(AMAZON_RATINGS))
    assert edges(tables) == {
        "RATED": [("A1", "B1", 5.0, 1252800000), ("A2", "B1", 3.0, 1252800001), ("A2", "B2", 1.0, 1252800002)]
    }


def test_where_there_are_reviews_ratings_are_not_read_again(folder):
    tables = read_tables(folder(AMAZON_2018 | AMAZON_RATINGS))
    assert len(edges(tables)["RATED"]) == 2


def test_other_files_beside_the_reviews_are_left_alone(folder):
    tables = read_tables(
        folder(AMAZON_2018 | {"package.json": '{\n  "name": "x"\n}\n', "a.json": '{"a": 1}\n', "b.json": b"\xe9"})
    )
    assert len(edges(tables)["RATED"]) == 2


def test_files_of_several_categories_are_read_together(folder):
    tables = read_tables(folder(AMAZON_2014 | AMAZON_2018))
    assert [row[:2] for row in goods(tables)] == [("B1", "Cap"), ("B2", "Scarf"), ("B9", "Unread")]
    assert [row[:3] for row in tables.set_aside.iter_rows()] == [
        ("meta_Books.json.gz", 1, "asin came before, the first is kept"),
        ("reviews_Books_5.json.gz", 1, "repeated interaction, the latest is kept"),
    ]


def test_blocks_change_nothing(folder, monkeypatch):
    path = folder(AMAZON_2014)
    whole = read_tables(path)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 50)
    parts = read_tables(path)
    assert edges(parts) == edges(whole)
    assert goods(parts) == goods(whole)


def test_a_description_under_another_spelling_of_an_id_is_set_aside(folder):
    meta = json_lines({"asin": " B1", "title": "Cap"}, {"asin": "B2", "title": "Scarf"})
    tables = read_tables(folder(AMAZON_2018 | {META: meta}))
    assert [row[:2] for row in goods(tables)] == [("B2", "Scarf"), ("B1", None)]
    ((file, line, reason, row),) = tables.set_aside.rows()
    assert (file, line, reason) == (META, 1, "the id ' B1' is 'B1' written otherwise; write both alike")
    assert row == meta.split("\n")[0]


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        (REVIEWS, "{", "not a JSON object"),
        (REVIEWS, '{"reviewerID": "A", "overall": 1, "unixReviewTime": 1}', "empty asin"),
        (REVIEWS, '{"reviewerID": "A", "asin": "B", "overall": "x", "unixReviewTime": 1}', "overall is not a number"),
        (REVIEWS, '{"reviewerID": "A", "asin": "B", "unixReviewTime": "soon"}', "unixReviewTime is not a number"),
        (META, "[]", "not a JSON object"),
        (META, '{"title": "No id"}', "empty asin"),
        (META, '{"asin": "B1"}', "asin came before, the first is kept"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_file_line_and_reason(folder, name, line, reason):
    tables = read_tables(folder(AMAZON_2018 | {name: AMAZON_2018[name] + line + "\n"}))
    assert tables.set_aside.rows() == [(name, 3, reason, line)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"a.json": '{"user": 1}\n'}, "has no file of reviews, with the fields user_id, parent_asin", id="fields"),
        pytest.param({META: AMAZON_2018[META]}, "has no file of reviews", id="no reviews"),
        pytest.param({REVIEWS: b'{"a": "\xe9"}\n'}, "is not UTF-8 (byte 7 is 0xe9); it may be latin-1", id="encoding"),
        pytest.param(
            AMAZON_2018 | {META: '{"title": "x"}\n'}, "have the fields title; expected asin or parent_asin", id="meta"
        ),
        pytest.param(AMAZON_2018 | {META: ""}, f"{META} is empty", id="empty"),
        pytest.param({"ratings_a.csv": "A1;B1;5;1\n"}, "1 × ragged row: expected 4 fields", id="separator"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, files, message):
    with pytest.raises(InputError) as error:
        read_tables(folder(files), "amazon")
    assert message in str(error.value)
