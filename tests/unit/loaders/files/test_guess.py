"""Tables without a mapping are understood by the names of their columns, and what was taken for what is told."""

import json

import polars as pl
import pytest

from loaders.errors import InputError
from loaders.files import Given, guess_of, mapping_text, open_data_set
from loaders.files.mapping import read_mapping
from tests.whole_tables import read_tables

TIME = "1700000000"


def guess(folder, files):
    return guess_of(Given(folder(files)))


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("user_id,item_id,rating,timestamp", f"1,2,4,{TIME}", ("user_id", "item_id", "rating", "timestamp", None)),
        ("userId,movieId,rating,timestamp", f"1,2,4,{TIME}", ("userId", "movieId", "rating", "timestamp", None)),
        ("timestamp,visitorid,event,itemid", f"{TIME}000,1,view,2", ("visitorid", "itemid", None, "timestamp", "event")),
        ("User-ID,ISBN,Book-Rating", "1,2,4", ("User-ID", "ISBN", "Book-Rating", None, None)),
        ("reviewerID,asin,overall,unixReviewTime", f"1,2,4,{TIME}", ("reviewerID", "asin", "overall", "unixReviewTime", None)),
        (
            "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID",
            "9,2,4,2024-01-01,3.5,1",
            ("CustomerID", "StockCode", "Quantity", "InvoiceDate", None),
        ),
        ("user,item,behaviour,value,time", f"1,2,click,4,{TIME}", ("user", "item", "value", "time", "behaviour")),
        ("session_id,product_id,hour_of_day", "1,2,5", ("session_id", "product_id", None, None, None)),
        ("customer_id,article_id,t_dat,price", "1,2,2020-01-01,3", ("customer_id", "article_id", None, "t_dat", None)),
        ("user_id,artist_id,user_age,plays", "1,2,40,5", ("user_id", "artist_id", "plays", None, None)),
        ("item_id,user_id", "2,1", ("user_id", "item_id", None, None, None)),
    ],
)
def test_columns_are_known_by_their_names(folder, header, row, expected):
    (edge,) = guess(folder, {"a.csv": f"{header}\n{row}\n{row}\n"}).mapping.edges
    assert (edge.source_column, edge.target_column, edge.value, edge.time, edge.type_column) == expected


@pytest.mark.parametrize(
    ("name", "header", "type_", "label"),
    [
        ("clicks.csv", "user_id,item_id", "CLICKS", "Item"),
        ("ratings.csv", "user_id,movie_id,rating", "RATED", "Movie"),
        ("data.csv", "user_id,product_id,count", "INTERACTED", "Product"),
    ],
)
def test_the_type_and_the_label_are_told_by_names(folder, name, header, type_, label):
    (edge,) = guess(folder, {name: f"{header}\n1,2,3\n"}).mapping.edges
    assert (edge.type, edge.target) == (type_, label)


def test_a_folder_of_tables_is_one_data_set(folder):
    path = folder(
        {
            "ratings.csv": f"userId,movieId,rating,timestamp\n1,7,4,{TIME}\n2,8,5,{TIME}\n2,9,5,{TIME}\n",
            "movies.csv": 'id,title,genres\n7,"Heat, the film",Crime|Drama\n8,Alien,Horror\n',
            "users.csv": "userId,gender\n1,f\n2,m\n",
            "notes.csv": "a,b\n1,2\n",
            "readme.md": "no table",
        }
    )
    with open_data_set(path) as data:
        assert data.notes == (
            "ratings.csv: RATED interactions, userId for the user, movieId for the item (Movie), rating for the value, "
            "timestamp for the time",
            "movies.csv: Movie nodes by id, with title, genres; title for the title",
            "notes.csv: not taken, as it is not clear what it holds (a, b)",
            "users.csv: User nodes by userId, with gender",
            "to say otherwise: `hopline import SOURCE --write-mapping mapping.toml` writes this as a file; change it, then "
            "`hopline import SOURCE --mapping mapping.toml`",
        )
    tables = read_tables(path)
    movies = next(table.frame for table in tables.nodes if table.label == "Movie")
    assert movies.rows() == [("7", "Heat, the film", ["Crime", "Drama"]), ("8", "Alien", ["Horror"]), ("9", None, None)]
    assert tables.edges[0].frame.rows() == [("1", "7", 4.0, int(TIME)), ("2", "8", 5.0, int(TIME)), ("2", "9", 5.0, int(TIME))]
    assert tables.set_aside.is_empty()


def test_columns_of_an_item_in_every_row_are_properties_of_the_item(folder):
    rows = ["1,a,Heat,web,31", "2,a,Heat,app,40", "2,b,Alien,web,40"]
    tables = read_tables(folder({"views.csv": "\n".join(["user_id,item_id,item_name,device,user_age", *rows])}))
    users, items = (table.frame for table in tables.nodes)
    assert items.rows() == [("a", "Heat"), ("b", "Alien")]
    assert users.rows() == [("1", "31"), ("2", "40")]
    assert tables.edges[0].frame.columns == ["source", "target", "device"]
    assert tables.set_aside.is_empty()


def test_a_column_that_differs_for_one_item_is_none_of_its_properties(folder):
    rows = ["1,a,9.5", "2,a,12.5", "2,b,3.5"]
    tables = read_tables(folder({"orders.csv": "\n".join(["user_id,item_id,price", *rows])}))
    assert tables.edges[0].frame.columns == ["source", "target", "price"]


def test_json_lines_of_events_are_read_with_what_goes_with_them(folder):
    events = [
        {"user": "u1", "item": "i1", "behaviour": "click", "time": int(TIME), "device": "web", "event_id": "e1"},
        {"user": "u1", "item": "i1", "behaviour": "purchase", "value": 2, "time": "2024-01-01T00:00:00Z", "query": "tea"},
        {"user": "u2", "item": "i1", "behaviour": "click", "time": int(TIME), "device": "app"},
        {"user": "u2", "behaviour": "click"},
        *({"user": f"u{n}", "item": "i2", "behaviour": "click", "time": int(TIME)} for n in range(20)),
    ]
    tables = read_tables(folder({"events.jsonl": "\n".join(map(json.dumps, events))}) / "events.jsonl")
    by_type = {table.kind.type: table.frame for table in tables.edges}
    assert by_type["CLICK"].select("source", "target", "time", "device", "event_id").rows() == [
        ("u1", "i1", int(TIME), "web", "e1"),
        ("u2", "i1", int(TIME), "app", None),
        *((f"u{n}", "i2", int(TIME), None, None) for n in range(20)),
    ]
    assert [(line, reason) for _, line, reason, _ in tables.set_aside.iter_rows()] == [
        (2, "time is not a number"),
        (4, "empty item"),
    ]


def test_a_guess_written_as_a_mapping_is_read_as_the_same(folder, tmp_path):
    given = Given(
        folder(
            {
                "orders.csv": f"customer_id,product_id,quantity,time,a 'b' \"c\"\n1,2,3,{TIME},x\n",
                "products.csv": "product_id,name,tags\n2,Tea,hot;green\n",
            }
        )
    )
    mapping = guess_of(given).mapping
    (tmp_path / "mapping.toml").write_text(mapping_text(mapping), encoding="utf-8")
    assert read_mapping(tmp_path / "mapping.toml") == mapping
    assert open_both(given.path) == 1


def open_both(path):
    """The mapping in the folder goes before the guess, and gives the same."""
    with open_data_set(path) as mapped, open_data_set(path, "tables") as guessed:
        assert mapped.schema == guessed.schema
        assert not mapped.notes
        return mapped.num_edges


def test_a_parquet_file_alone_is_a_data_set(tmp_path):
    frame = pl.DataFrame({"user_id": [1, 2], "item_id": [3, 4], "tags": [["a b", "c"], []], "rating": [1.5, 2.0]})
    frame.write_parquet(tmp_path / "a.parquet")
    tables = read_tables(tmp_path / "a.parquet")
    assert tables.edges[0].frame.rows() == [("1", "3", 1.5, "a b|c"), ("2", "4", 2.0, "")]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": "x,y\n1,2\n"}, r"no table has a column of users and one of items .*\(a.csv: x, y\); rename two columns"),
        ({"a.csv": "196,242\n1,2\n"}, "no table has a column of users"),
        ({"items.csv": "item_id,title\n1,2\n"}, "no table has a column of users"),
        ({"a.csv": ""}, "a.csv is empty"),
        ({"a.csv": "user_id,item_id\n"}, "a.csv has no usable row: it has a header and no rows"),
        ({"a.jsonl": "[]\n"}, "none of the first 1 lines is a JSON object"),
    ],
)
def test_tables_that_tell_too_little_are_refused(folder, files, message):
    with pytest.raises(InputError, match=message):
        read_tables(folder(files))


def test_a_file_of_another_kind_is_refused(folder):
    with pytest.raises(InputError, match=r"a.xlsx is of no kind that can be read; expected a name that ends in .csv"):
        read_tables(folder({"a.xlsx": "PK"}) / "a.xlsx")
