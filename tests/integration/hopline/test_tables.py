"""A table of one's own goes into the graph by one command, and what it was taken for is told."""

import json

import polars as pl
import pytest

from graph.snapshot import read_snapshot
from tests.small_changes import check_equal
from tests.small_releases import rows

pytestmark = pytest.mark.integration

CLICKS = "user_id,item_id,item_title,timestamp\n" + "".join(
    f'u{user},i{item},"Item, number {item}",{1_700_000_000 + user}\n' for user in range(4) for item in range(user, 5)
)


def test_one_csv_file_is_loaded_and_what_it_was_taken_for_is_told(hopline, workplace, database):
    (workplace / "clicks.csv").write_text(CLICKS + "u9\n")
    status, out, err = hopline("import", "clicks.csv")
    assert status == 0
    assert "clicks.csv: CLICKS interactions, user_id for the user, item_id for the item (Item), timestamp for the time" in err
    assert "--write-mapping" in err
    assert "loaded 9 nodes (4 User, 5 Item) and 14 relationships" in out
    assert "set aside: 1 × ragged row: expected 4 fields" in out
    assert rows(
        database, "MATCH (:User {id: 'u3'})-[r:CLICKS]->(i) RETURN i.item_title AS title, r.time AS time ORDER BY title"
    ) == [
        {"title": "Item, number 3", "time": 1_700_000_003},
        {"title": "Item, number 4", "time": 1_700_000_003},
    ]


def test_what_was_guessed_can_be_written_changed_and_used(hopline, workplace, database):
    (workplace / "clicks.csv").write_text(CLICKS)
    status, out, _ = hopline("import", "clicks.csv", "--write-mapping", "m.toml")
    assert status == 0
    assert "wrote m.toml" in out
    assert rows(database, "MATCH (n) RETURN n") == []
    assert "there is a m.toml already" in hopline("import", "clicks.csv", "--write-mapping", "m.toml")[2]
    mapping = workplace / "m.toml"
    mapping.write_text(mapping.read_text().replace('"CLICKS"', '"PURCHASED"').replace('"Item"', '"Product"'))
    status, out, _ = hopline("import", "clicks.csv", "--mapping", "m.toml", "--json")
    assert status == 0
    assert json.loads(out)["notes"] == []
    assert rows(database, "MATCH (:User)-[r:PURCHASED]->(p:Product) RETURN count(p.item_title) AS number") == [{"number": 14}]


def test_frames_and_their_files_make_the_same_graph(recommender, workplace, database):
    users = pl.DataFrame({"user_id": ["a", "b"], "age": [30, None]})
    films = pl.DataFrame({"film_id": [1, 2], "title": ["Heat", "Alien"], "genres": [["a", "b c"], None]})
    ratings = pl.DataFrame({"user_id": ["a", "b"], "film_id": [1, 2], "rating": [4.5, None], "time": [1_700_000_000, None]})
    report = recommender.load({"User": users, "Film": films, "ratings": ratings})
    assert report.notes[0].startswith("ratings: RATED interactions")
    loaded = read_snapshot(database, recommender.schema)
    rows(database, "MATCH (n) DETACH DELETE n")
    (workplace / "data").mkdir()
    for name, frame in (("User", users), ("Film", films), ("ratings", ratings)):
        frame.write_parquet(workplace / "data" / f"{name}.parquet")
    recommender.load("data")
    check_equal(read_snapshot(database, recommender.schema), loaded)


def test_what_was_exported_is_imported_as_the_same_graph(hopline, workplace, database, recommender):
    assert hopline("import", "films", "--quiet")[0] == 0
    before = read_snapshot(database, recommender.schema)
    status, out, err = hopline("export", "copy", "--json")
    assert (status, err) == (0, "")
    assert {"copy/User.parquet", "copy/Item.parquet"} <= {file["path"] for file in json.loads(out)["files"]}
    rows(database, "MATCH (n) DETACH DELETE n")
    assert hopline("import", "copy", "--quiet")[0] == 0
    check_equal(read_snapshot(database, recommender.schema), before)
    assert "holds something" in hopline("export", "copy")[2]
    status, out, _ = hopline("export", "atoms", "--format", "recbole")
    assert (status, "atoms/atoms.inter" in out) == (0, True)
